/** The codes of the table of errors that a user may see; a string, so that none is lost. */
export interface Failure {
  readonly code: string
  readonly message: string
  /** What to do next. */
  readonly hint: string
  /** The account that failed. */
  readonly account?: string
  /** The name of the login form field that the failure is about; `name` is the account name. */
  readonly field?: string
  /** Nothing was sent, because the service is limiting requests; the user may try once anyway. */
  readonly canTryNow?: true
}

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure }
