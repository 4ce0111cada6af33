/** The failures that a person may see, as in the table of errors; a string so that none is lost. */
export interface Failure {
  readonly code: string
  readonly message: string
  /** What to do next. */
  readonly hint: string
  /** The account that it is about. */
  readonly account?: string
  /** The field of a login form that it is about, by its name; `name` is the account's own. */
  readonly field?: string
  /** Nothing was sent, because the service wants to be left alone; a person may try once all the same. */
  readonly canTryNow?: true
}

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure }
