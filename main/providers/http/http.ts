import { TokentrayError } from '../../base/errors.ts'

/** How to reach the service of an account. */
export interface Transport {
  /** Absolute path of a PEM file with authorities to trust in addition to the default ones. */
  readonly caFile?: string
  /** The user has allowed plain http to another machine for this account. */
  readonly allowPlainHttp?: boolean
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly transport?: Transport
  readonly signal: AbortSignal
  /** Aborting this cancels the request if nothing of it has been sent yet. */
  readonly unlessSent?: AbortSignal
}

export interface HttpResponse {
  readonly status: number
  /** A header by its lower-case name. */
  header(name: string): string | undefined
  /** The body as JSON; throws `unexpected_answer` for another content type or invalid JSON. */
  json(): unknown
  /** How far the service's clock is ahead of ours by its `Date` header, in milliseconds; 0 without one. */
  readonly skewMs: number
}

export interface HttpClient {
  /**
   * Sends the request once, without following redirects, and settles within a deadline. Resolves for any
   * status, 400 and above included. Rejects with `invalid_request` (the address or CA file is unusable, and
   * nothing was sent), `temporarily_unavailable`, `unexpected_answer` or `cancelled`, and with `unsent` if
   * `unlessSent` was aborted in time.
   */
  send(request: HttpRequest): Promise<HttpResponse>
}

/** The error of a request that was not sent because Tokentray is stopping. */
export function unsent(): TokentrayError {
  return new TokentrayError('temporarily_unavailable', 'Tokentray is stopping.', {
    unsent: 'withdrawn',
  })
}

/** A client that can be closed. */
export interface ClosableHttpClient extends HttpClient {
  /** Cancels calls in progress (`cancelled`) and refuses later ones. */
  close(): Promise<void>
}
