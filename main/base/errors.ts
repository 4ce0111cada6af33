import { OR_IN_MEMORY } from './memory-command.ts'

interface ErrorRow {
  /** What happened, for the user. */
  readonly sentence: string
  /** What to do next. */
  readonly hint: string
  /** Status on `/v1`; `null` for a code that is never sent over HTTP. */
  readonly http: number | null
  /** Exit code of the command line. */
  readonly exit: number
}

/** Every error that Tokentray reports. The table is closed: a new code is a new row here. */
export const errorTable = {
  invalid_request: {
    sentence: 'The request is not valid.',
    hint: 'Correct the field it names and try again.',
    http: 400,
    exit: 2,
  },
  invalid_scope: {
    sentence: 'Scopes are not supported.',
    hint: 'Leave out "scope"; name the account with "audience".',
    http: 400,
    exit: 2,
  },
  invalid_target: {
    sentence: 'No account that this client may use matches the request.',
    hint: 'Set "audience" to an account that this client may use. GET /v1/accounts lists them.',
    http: 400,
    exit: 2,
  },
  unsupported_grant_type: {
    sentence: 'Only the grant type "client_credentials" is supported.',
    hint: 'Send grant_type=client_credentials.',
    http: 400,
    exit: 2,
  },
  unauthorized_client: {
    sentence: 'This client is not allowed to do that.',
    hint: 'Use the client that this request is for.',
    http: 400,
    exit: 2,
  },
  not_supported: {
    sentence: 'The service does not support this.',
    hint: 'Run "tokentray accounts show ACCOUNT" to see what it supports.',
    http: 400,
    exit: 2,
  },
  already_exists: {
    sentence: 'That name is already in use.',
    hint: 'Choose another name.',
    http: 409,
    exit: 2,
  },
  not_found: {
    sentence: 'Not found.',
    hint: 'Run "tokentray accounts", "tokentray tools list" or "tokentray active" to see what exists.',
    http: 404,
    exit: 2,
  },
  method_not_allowed: {
    sentence: 'Method not allowed.',
    hint: 'Use a method that the Allow header lists.',
    http: 405,
    exit: 2,
  },
  payload_too_large: {
    sentence: 'The request is too large.',
    hint: 'Send at most 16 KiB of headers and 64 KiB of body.',
    http: 413,
    exit: 2,
  },
  expectation_failed: {
    sentence: 'This Expect header is not supported.',
    hint: 'Send "Expect: 100-continue", or no Expect header.',
    http: 417,
    exit: 2,
  },
  request_refused: {
    sentence: 'This kind of request is not allowed.',
    hint: 'Call http://127.0.0.1:PORT directly from a program of the same user, not from a browser.',
    http: 403,
    exit: 5,
  },
  invalid_client: {
    sentence: 'The client ID, the client secret or the owner key is missing or wrong.',
    hint: 'Check the secret, or add a tool with "tokentray tools add".',
    http: 401,
    exit: 4,
  },
  access_denied: {
    sentence: 'The user did not allow this.',
    hint: 'Try again, and allow it in Tokentray.',
    http: 403,
    exit: 5,
  },
  login_required: {
    sentence: 'The account needs you to log in again.',
    hint: 'Run "tokentray login ACCOUNT".',
    http: 409,
    exit: 6,
  },
  wrong_credentials: {
    sentence: 'The service did not accept the credentials.',
    hint: 'Check the user name, password and one-time code, and try again.',
    http: 422,
    exit: 6,
  },
  otp_required: {
    sentence: 'The password is wrong, or a one-time code is needed.',
    hint: 'Enter the password again, and a code if you use two-factor authentication.',
    http: 422,
    exit: 6,
  },
  vault_locked: {
    sentence: 'Tokentray is locked.',
    hint: 'Run "tokentray unlock".',
    http: 423,
    exit: 7,
  },
  vault_unavailable: {
    sentence: 'The keychain is not available.',
    hint: `On Linux, install gnome-keyring and start a session bus, ${OR_IN_MEMORY}`,
    http: 503,
    exit: 7,
  },
  record_unavailable: {
    sentence: 'Tokentray cannot write its records, so it hands out no tokens.',
    hint: 'Free up disk space and check the permissions of the data folder.',
    http: 503,
    exit: 7,
  },
  newer_version: {
    sentence: 'Data of a newer Tokentray version cannot be read.',
    hint: 'Start or reinstall the newer version.',
    http: 503,
    exit: 7,
  },
  rate_limited: {
    sentence: 'Too many attempts.',
    hint: 'Wait until the time given, then try again.',
    http: 429,
    exit: 8,
  },
  temporarily_unavailable: {
    sentence: 'The service cannot be reached or returned an error.',
    hint: 'Check the network and the address of the account, then try again.',
    http: 503,
    exit: 8,
  },
  unexpected_answer: {
    sentence: 'The service returned an unexpected response.',
    hint: 'Check that the address of the account is the API of that service.',
    http: 502,
    exit: 8,
  },
  already_running: {
    sentence: 'Tokentray is already running.',
    hint: 'Use that one, or stop it first.',
    http: null,
    exit: 3,
  },
  not_running: {
    sentence: 'Tokentray is not running.',
    hint: 'Start it with "tokentray serve" or open the app.',
    http: null,
    exit: 3,
  },
  done_in_part: {
    sentence: 'Not all tokens were revoked.',
    hint: 'Run "tokentray active --all" to see what is still valid, and why.',
    http: null,
    exit: 9,
  },
  server_error: {
    sentence: 'Internal error.',
    hint: 'Report it with the log, which "tokentray status" names.',
    http: 500,
    exit: 1,
  },
  cancelled: {
    sentence: 'Cancelled.',
    hint: 'Start again when ready.',
    http: 409,
    exit: 130,
  },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable

/** Why a request was refused, where callers get one answer for several reasons. */
export type RefusalCause =
  /** No account has the requested name. */
  | 'no_such_account'
  /** No account has the requested address. */
  | 'no_match'
  /** The account exists, but the client may not use it. */
  | 'not_granted'
  /** The client may use several accounts, and the request does not say which. */
  | 'several_match'
  | 'tool_removed'
  | 'account_removed'
  | 'account_changing'
  /** The client reported too many tokens as refused by the service. */
  | 'too_many_reports'
  | 'stopping'

export interface ErrorDetails {
  readonly cause?: unknown
  /** The account that it concerns, as `provider/name`. */
  readonly account?: string
  readonly hint?: string
  /** The name of the login form's field that it is about; `name` is the account's own name. */
  readonly field?: string
  /** The earliest time of a retry, epoch milliseconds. */
  readonly retryAt?: number
  /**
   * For a refused token: the error to report instead if the token is new. Services refuse an expired token
   * and a wrong request with the same words; a new token tells the two apart.
   */
  readonly ofNewToken?: TokentrayError
  /** Nothing was sent, because this host has told us to stop calling it. */
  readonly silentHost?: string
  /** For a request without credentials: the challenge to send (RFC 9110 11.6.1). */
  readonly challenge?: string
  /**
   * No byte of the request was sent, so that it has had no effect: it was withdrawn, or there was no
   * connection to the host.
   */
  readonly unsent?: 'withdrawn' | 'unreached' | undefined
  /**
   * Security: for the activity record only. A tool must not learn from it which accounts exist, so it is no
   * part of an answer.
   */
  readonly recordedCause?: RefusalCause
}

/** The only error class. Callers compare `code`; message and hint never contain a secret. */
export class TokentrayError extends Error {
  override readonly name = 'TokentrayError'
  readonly code: ErrorCode
  readonly hint: string
  readonly account: string | undefined
  readonly field: string | undefined
  readonly retryAt: number | undefined
  readonly ofNewToken: TokentrayError | undefined
  readonly silentHost: string | undefined
  readonly challenge: string | undefined
  readonly unsent: ErrorDetails['unsent']
  readonly recordedCause: RefusalCause | undefined

  constructor(code: ErrorCode, message?: string, details: ErrorDetails = {}) {
    super(message ?? errorTable[code].sentence, { cause: details.cause })
    this.code = code
    this.hint = details.hint ?? errorTable[code].hint
    this.account = details.account
    this.field = details.field
    this.retryAt = details.retryAt
    this.ofNewToken = details.ofNewToken
    this.silentHost = details.silentHost
    this.challenge = details.challenge
    this.unsent = details.unsent
    this.recordedCause = details.recordedCause
  }

  get isUnsent(): boolean {
    return this.unsent !== undefined
  }
}

export function isTokentrayError(error: unknown): error is TokentrayError {
  return error instanceof TokentrayError
}

/** Wraps any other error as `server_error`, with it as the cause; our own errors are returned unchanged. */
export function toTokentrayError(error: unknown): TokentrayError {
  return isTokentrayError(error)
    ? error
    : new TokentrayError('server_error', undefined, { cause: error })
}

/** A copy of the error for a call of which an earlier request was sent. */
export const afterOthers = (error: TokentrayError) => reworded(error, { unsent: undefined })

/** A copy of the error with another message or hint. */
export function reworded(
  error: TokentrayError,
  changes: { message?: string; hint?: string; unsent?: undefined },
): TokentrayError {
  const { code, account, field, retryAt, ofNewToken, silentHost, challenge, recordedCause } = error
  const { message = error.message, hint = error.hint } = changes
  const unsent = 'unsent' in changes ? undefined : error.unsent
  return new TokentrayError(code, message, {
    ...{ cause: error, hint, unsent },
    ...(account !== undefined && { account }),
    ...(field !== undefined && { field }),
    ...(retryAt !== undefined && { retryAt }),
    ...(ofNewToken !== undefined && { ofNewToken }),
    ...(silentHost !== undefined && { silentHost }),
    ...(challenge !== undefined && { challenge }),
    ...(recordedCause !== undefined && { recordedCause }),
  })
}
