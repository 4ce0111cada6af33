import { TokentrayError } from '../../base/errors.ts'

/** How one account's service is reached. */
export interface Transport {
  /** An absolute path of a PEM file with the authorities to trust besides the usual ones. */
  readonly caFile?: string
  /** The person said that plain http to a far host is acceptable for this account. */
  readonly allowPlainHttp?: boolean
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly transport?: Transport
  readonly signal: AbortSignal
  /** When this is aborted, a request of which nothing has been sent is not sent any more. */
  readonly unlessSent?: AbortSignal
}

export interface HttpResponse {
  readonly status: number
  /** A header by its lower-case name. */
  header(name: string): string | undefined
  /** The body as JSON; rejects what does not say that it is JSON, or is not, as `unexpected_answer`. */
  json(): unknown
  /** How far the service's clock is ahead of ours by its `Date` header, milliseconds; 0 without one. */
  readonly skewMs: number
}

export interface HttpClient {
  /**
   * Sends it once, follows nothing, and answers within a deadline. Rejects with `invalid_request`
   * (the address or the CA file is unusable; nothing was sent), `temporarily_unavailable`,
   * `unexpected_answer` or `cancelled`; as `unsent` does when `unlessSent` was aborted in time. A status of 400 and more is an answer like any other.
   */
  send(request: HttpRequest): Promise<HttpResponse>
}

/** What a request is refused with that was not sent because of a stop. */
export function unsent(): TokentrayError {
  return new TokentrayError('temporarily_unavailable', 'Tokentray is stopping.', { isUnsent: true })
}

/** A client that holds sockets, and lets go of them. */
export interface ClosableHttpClient extends HttpClient {
  /** Ends calls in flight as `cancelled`; the client is of no use afterwards. */
  close(): Promise<void>
}
