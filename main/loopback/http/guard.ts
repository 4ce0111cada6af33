import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { ErrorCode } from '../../base/errors.ts'
import type { Peer } from './peer.ts'

/** Why a request does not reach the router. */
export interface Refusal {
  readonly code: Extract<
    ErrorCode,
    'request_refused' | 'invalid_request' | 'payload_too_large' | 'expectation_failed'
  >
  readonly message: string
}

export interface GuardOptions {
  /** True for a `Host`, in lower case, by which this listener is called. */
  readonly isOwnHost: (host: string) => boolean
  /** Our own user id; `null` if every peer is ours, or on systems that do not tell a peer's. */
  readonly uid: number | null
  readonly findPeer: (socket: Socket) => Peer
}

/** More header lines than any tool sends. Node must pass on more, or the guard would miss the rest. */
export const MOST_HEADERS = 100

/**
 * Browsers and forwarding proxies send these; tools do not. `Sec-Fetch-Mode` is allowed, because Node's
 * fetch sends it on its own. So is `Upgrade`: many libraries offer HTTP/2 with it, and an offer may be
 * ignored (RFC 9110 7.8). A WebSocket from a page is recognized by its `Origin` and its key.
 */
const FOREIGN_HEADERS = new Set([
  'origin',
  'referer',
  'sec-fetch-site',
  'sec-fetch-dest',
  'sec-fetch-user',
  'forwarded',
  'sec-websocket-key',
])
const FORWARDED_PREFIX = 'x-forwarded-'
/** If one of these is repeated, Node silently keeps the first. */
const SINGLE_HEADERS = new Set(['authorization', 'content-type'])
/** An origin-form target (RFC 9112 3.2.1) of one slash, then printable ASCII without `#` and `\`. */
const TARGET = /^\/(?!\/)[!-"$-[\]-~]*$/

/**
 * The `Host` of a request to a port. Security: whole values are compared, because rebinding attacks match
 * parts of a host name.
 */
export function hostsOfPort(port: number): GuardOptions['isOwnHost'] {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`])
  return (host) => hosts.has(host)
}

/**
 * The `Host` of a request to the Unix socket, which has no address: tools send any loopback name, and what
 * forwards a port to the socket has a port of its own. The page of a rebound name has that name.
 */
export const isHostOfSocket: GuardOptions['isOwnHost'] = (host) => SOCKET_HOST.test(host)
const SOCKET_HOST = /^(?:tokentray|localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/

/**
 * Decides on Node's raw request, before any router, whether it is served. The rules are the same for
 * every method and route, because reading alone is enough to steal a token.
 */
export class Guard {
  readonly #isOwnHost: GuardOptions['isOwnHost']
  readonly #uid: number | null
  readonly #findPeer: GuardOptions['findPeer']
  /** One look-up per connection. */
  readonly #peers = new WeakMap<Socket, number>()

  constructor({ isOwnHost, uid, findPeer }: GuardOptions) {
    this.#isOwnHost = isOwnHost
    this.#uid = uid
    this.#findPeer = findPeer
  }

  /** `null` if the request may pass. */
  check(request: IncomingMessage): Refusal | null {
    return (
      this.#checkHeaders(request.rawHeaders) ??
      checkTarget(request.url ?? '') ??
      this.#checkPeer(request.socket)
    )
  }

  #checkHeaders(raw: readonly string[]): Refusal | null {
    if (raw.length > 2 * MOST_HEADERS) {
      return { code: 'payload_too_large', message: 'There are too many headers.' }
    }
    let host: string | undefined
    let foreign: string | undefined
    let repeated: string | undefined
    let isUnexpected = false
    const seen: string[] = []
    for (let index = 0; index < raw.length; index += 2) {
      const name = (raw[index] ?? '').toLowerCase()
      if (name === 'host') {
        if (host !== undefined) return refused('There must be exactly one Host header.')
        host = raw[index + 1] ?? ''
      } else if (FOREIGN_HEADERS.has(name)) {
        foreign ??= name
      } else if (name === 'expect') {
        isUnexpected ||= raw[index + 1]?.toLowerCase() !== '100-continue'
      } else if (name.startsWith(FORWARDED_PREFIX)) {
        foreign ??= `${FORWARDED_PREFIX}*`
      } else if (SINGLE_HEADERS.has(name)) {
        if (seen.includes(name)) repeated ??= name
        seen.push(name)
      }
    }
    if (host === undefined) return refused('There is no Host header.')
    if (!this.#isOwnHost(host.toLowerCase()))
      return refused('The Host header is not this endpoint.')
    if (foreign !== undefined) return refused(`Requests with the header ${foreign} are not served.`)
    if (isUnexpected) {
      return { code: 'expectation_failed', message: 'This Expect header is not supported.' }
    }
    return repeated === undefined ? null : invalid(`The header ${repeated} is given twice.`)
  }

  #checkPeer(socket: Socket): Refusal | null {
    if (this.#uid === null) return null
    const known = this.#peers.get(socket)
    if (known !== undefined) return this.#checkUid(known)
    const peer = this.#findPeer(socket)
    // An unknown peer is refused, and looked up again at its next request.
    if (peer !== 'unknown') this.#peers.set(socket, peer)
    return this.#checkUid(peer)
  }

  #checkUid(peer: Peer): Refusal | null {
    return peer === this.#uid ? null : refused('The request comes from another user.')
  }
}

function checkTarget(target: string): Refusal | null {
  if (!TARGET.test(target)) return refused('The request target must be a path.')
  // Security: a secret in the query would end up in histories and process lists.
  if (target.includes('?')) return invalid('Parameters go into the body.')
  return isDecodable(target) ? null : invalid('The path has a malformed percent escape.')
}

function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true
  try {
    // The result is used because a bundler removes a call whose result is not.
    return decodeURIComponent(path) !== ''
  } catch {
    // Not an escape, or not UTF-8; a router would answer these before any of our hooks.
    return false
  }
}

const refused = (message: string): Refusal => ({ code: 'request_refused', message })
const invalid = (message: string): Refusal => ({ code: 'invalid_request', message })
