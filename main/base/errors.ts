interface ErrorRow {
  /** What happened, for a person. */
  readonly sentence: string
  /** The next step. */
  readonly hint: string
  /** Status on `/v1`; `null` where the code never travels over HTTP. */
  readonly http: number | null
  /** Exit code of the command line. */
  readonly exit: number
}

/** Every way in which Tokentray says no. The table is closed: a new code is a new row here. */
export const errorTable = {
  invalid_request: {
    sentence: 'The request is malformed.',
    hint: 'Correct the named field and send it again.',
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
    sentence: 'No account that this client may use matches.',
    hint: 'Name a granted account with "audience"; GET /v1/accounts lists them.',
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
    sentence: 'This client may not do that.',
    hint: 'Use the client that the request is meant for.',
    http: 400,
    exit: 2,
  },
  not_supported: {
    sentence: 'The service cannot do this.',
    hint: 'See what it can do with "tokentray accounts show ACCOUNT".',
    http: 400,
    exit: 2,
  },
  already_exists: {
    sentence: 'There is one of that name already.',
    hint: 'Choose another name.',
    http: 409,
    exit: 2,
  },
  not_found: {
    sentence: 'There is nothing of that name.',
    hint: 'See what there is with "tokentray accounts", "clients list" or "active".',
    http: 404,
    exit: 2,
  },
  method_not_allowed: {
    sentence: 'There is no such method here.',
    hint: 'Use one of those that the header Allow lists.',
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
    sentence: 'This expectation cannot be met.',
    hint: 'Send "Expect: 100-continue", or no Expect header.',
    http: 417,
    exit: 2,
  },
  request_refused: {
    sentence: 'This kind of request is not served.',
    hint: 'Call http://127.0.0.1:PORT directly, from a tool of the same user, not from a browser.',
    http: 403,
    exit: 5,
  },
  invalid_client: {
    sentence: 'The client id, its secret or the owner key is wrong or missing.',
    hint: 'Check the secret, or make a new client with "tokentray clients add".',
    http: 401,
    exit: 4,
  },
  access_denied: {
    sentence: 'The person did not allow this.',
    hint: 'Ask again, and allow it in Tokentray.',
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
    hint: 'Check the name, the password and the one-time code, and try again.',
    http: 422,
    exit: 6,
  },
  otp_required: {
    sentence: 'The service did not accept the password, or it wants a one-time code as well.',
    hint: 'Enter the password again, and the code if the account has one.',
    http: 422,
    exit: 6,
  },
  vault_locked: {
    sentence: 'Tokentray or the keychain is locked.',
    hint: 'Run "tokentray unlock", or unlock the keychain.',
    http: 423,
    exit: 7,
  },
  vault_unavailable: {
    sentence: 'The keychain cannot be used.',
    hint: 'On Linux install gnome-keyring and start a session bus, or use "tokentray serve --memory".',
    http: 503,
    exit: 7,
  },
  record_unavailable: {
    sentence: 'Tokentray cannot write its records, so no token may leave.',
    hint: 'Free space on the disk and check the permissions of the data directory.',
    http: 503,
    exit: 7,
  },
  newer_version: {
    sentence: 'A newer Tokentray has written what this version cannot read.',
    hint: 'Start the newer version, or install it again.',
    http: 503,
    exit: 7,
  },
  rate_limited: {
    sentence: 'There were too many tries.',
    hint: 'Wait as long as the answer says, then try again.',
    http: 429,
    exit: 8,
  },
  temporarily_unavailable: {
    sentence: 'The service cannot be reached or is not working.',
    hint: 'Check the network and the address of the account, and try again later.',
    http: 503,
    exit: 8,
  },
  unexpected_answer: {
    sentence: 'The service answered something that it should not.',
    hint: 'Check that the address of the account is the API of that service.',
    http: 502,
    exit: 8,
  },
  already_running: {
    sentence: 'Another Tokentray of this user is running.',
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
    sentence: 'Tokentray made a mistake.',
    hint: 'See its log, which "tokentray status" names, and report it.',
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

export interface ErrorDetails {
  readonly cause?: unknown
  /** The account it concerns, as `provider/name`. */
  readonly account?: string
  readonly hint?: string
  /** The field of a login form that it is about, by its name; `name` is the account's own. */
  readonly field?: string
  /** When another try may work, epoch milliseconds. */
  readonly retryAt?: number
  /**
   * For a refusal of a token: what it is instead where that token was made a moment ago. Services
   * refuse a dead token and a wrong request with the same words; a new token tells them apart.
   */
  readonly ofNewToken?: TokentrayError
  /** Nothing was sent, because this host has asked us to leave it alone. */
  readonly silentHost?: string
  /** For a request without credentials: how they may be sent, a challenge of RFC 9110 11.6.1. */
  readonly challenge?: string
  /** No byte of the request had left when it was broken off, so that it has had no effect. */
  readonly isUnsent?: true
}

/** The one error class. `code` is what callers compare; message and hint hold no secret. */
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
  readonly isUnsent: boolean

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
    this.isUnsent = details.isUnsent === true
  }
}

export function isTokentrayError(error: unknown): error is TokentrayError {
  return error instanceof TokentrayError
}

/** A foreign error becomes `server_error`, with the foreign one as its cause; ours stay as they are. */
export function toTokentrayError(error: unknown): TokentrayError {
  return isTokentrayError(error)
    ? error
    : new TokentrayError('server_error', undefined, { cause: error })
}

/** The error with another sentence or hint; all else stays. */
export function reworded(
  error: TokentrayError,
  { message = error.message, hint = error.hint }: { message?: string; hint?: string },
): TokentrayError {
  const { code, account, field, retryAt, ofNewToken, silentHost, challenge, isUnsent } = error
  return new TokentrayError(code, message, {
    ...{ cause: error, hint },
    ...(isUnsent && { isUnsent }),
    ...(account !== undefined && { account }),
    ...(field !== undefined && { field }),
    ...(retryAt !== undefined && { retryAt }),
    ...(ofNewToken !== undefined && { ofNewToken }),
    ...(silentHost !== undefined && { silentHost }),
    ...(challenge !== undefined && { challenge }),
  })
}
