import { hash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import { toClientId } from '../../base/ids.ts'
import type { Secret } from '../../base/secret.ts'
import type { Client, Clients } from '../../broker/clients.ts'
import { RateWindow } from '../../broker/concurrency/rate-window.ts'
import type { RejectedRequests } from '../../broker/record/rejected-requests.ts'
import type { FormBody } from './form-body.ts'

/** Tells a request without credentials how to send them (RFC 9110 15.5.2). */
const BASIC = 'Basic realm="tokentray"'
const BEARER = 'Bearer realm="tokentray"'
const SEND_SECRET =
  'Send the client id and its secret by Basic authentication, or as client_id and client_secret.'
const SEND_KEY = 'Send the owner key as "Authorization: Bearer KEY".'
const READ_KEY = 'Read owner.key again: Tokentray creates a new key each time it starts.'
const SEND_EITHER = 'Send the client id and its secret as Basic, or the owner key as Bearer.'

/** Wrong secrets per minute that are not delayed. */
const MOST_FAILURES = 20

const digest = (text: string): Buffer => hash('sha256', text, 'buffer')

/** Authenticates callers. */
export class Authentication {
  readonly #clients: Clients
  /** Limits guessing. A correct secret is never delayed, so that no caller can lock a tool out. */
  readonly #failures: RateWindow
  readonly #ownerDigest: Buffer
  readonly #turnedAway: Pick<RejectedRequests, 'note'>

  constructor(
    clients: Clients,
    clock: Clock,
    ownerKey: Secret,
    turnedAway: Pick<RejectedRequests, 'note'>,
  ) {
    this.#clients = clients
    this.#failures = new RateWindow(clock, MOST_FAILURES, 60_000)
    this.#turnedAway = turnedAway
    this.#ownerDigest = digest(ownerKey.reveal())
  }

  /**
   * The client of an OAuth request, by `client_secret_basic` or `client_secret_post` (RFC 6749
   * 2.3.1); both at once are `invalid_request`.
   */
  requireClient(authorization: string | undefined, form?: FormBody): Client {
    const posted = form?.get('client_secret')
    if (authorization === undefined) {
      if (posted === undefined) throw missing('The client secret is missing.', SEND_SECRET, BASIC)
      return this.#known(form?.get('client_id'), posted)
    }
    if (posted !== undefined) {
      throw new TokentrayError('invalid_request', 'Send the client secret in one place only.')
    }
    const basic = parseBasic(authorization)
    const named = form?.get('client_id')
    if (basic && named !== undefined && named !== basic.id) {
      throw new TokentrayError('invalid_request', 'The two client ids differ.')
    }
    return this.#known(basic?.id, basic?.secret)
  }

  /** Rejects everything but the owner key as Bearer. */
  requireOwner(authorization: string | undefined): void {
    if (authorization === undefined) throw missing('The owner key is missing.', SEND_KEY, BEARER)
    const [, key] = /^Bearer ([A-Za-z0-9]+)$/i.exec(authorization) ?? []
    if (key === undefined || !timingSafeEqual(digest(key), this.#ownerDigest)) {
      this.#turnedAway.note({ code: 'invalid_client', route: 'v1' })
      throw this.#wrong('The owner key is wrong.', { hint: READ_KEY })
    }
  }

  /** The client, by Basic, or `null` for the owner. */
  requireClientOrOwner(authorization: string | undefined): Client | null {
    if (authorization === undefined) {
      const challenge = `${BEARER}, ${BASIC}`
      throw missing('The owner key or client secret is missing.', SEND_EITHER, challenge)
    }
    if (usedBasic(authorization)) return this.requireClient(authorization)
    this.requireOwner(authorization)
    return null
  }

  #known(id: string | undefined, secret: string | undefined): Client {
    const client =
      id !== undefined && secret !== undefined ? this.#clients.authenticate(id, secret) : null
    if (!client) this.#noteWrong(id)
    if (!client) throw this.#wrong('The client id or its secret is wrong.')
    return client
  }

  /** Counts a failure and returns the error to answer with. */
  #wrong(message: string, details: { readonly hint?: string } = {}): TokentrayError {
    const retryAt = this.#failures.count()
    if (retryAt === null) return new TokentrayError('invalid_client', message, details)
    return new TokentrayError('rate_limited', 'Too many wrong secrets.', { retryAt })
  }

  /** Security: names existing tools only; otherwise a secret sent as the id would be recorded. */
  #noteWrong(id = ''): void {
    const claimed = this.#clients.byId(toClientId(id))
    const client = claimed && !claimed.builtIn ? { client: claimed.name } : {}
    this.#turnedAway.note({ code: 'invalid_client', ...client, route: 'oauth' })
  }
}

/**
 * Many clients send credentials only after a challenge, so a request without any is not a guess and is
 * not counted. A request with wrong ones is not challenged: some libraries then show the challenge
 * instead of our description.
 */
function missing(message: string, hint: string, challenge: string): TokentrayError {
  return new TokentrayError('invalid_client', message, { hint, challenge })
}

/** True if the request uses Basic, well-formed or not. */
function usedBasic(authorization: string | undefined): boolean {
  return authorization !== undefined && /^basic( |$)/i.test(authorization)
}

const SCHEME_LENGTH = 'Basic '.length

function parseBasic(authorization: string): { id: string; secret: string } | null {
  const encoded = authorization.slice(SCHEME_LENGTH)
  if (!usedBasic(authorization) || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  if (colon < 0) return null
  const id = formDecode(decoded.slice(0, colon))
  const secret = formDecode(decoded.slice(colon + 1))
  return id !== null && secret !== null ? { id, secret } : null
}

/** RFC 6749 appendix B; libraries that skip it work too, because our ids and secrets need no encoding. */
function formDecode(text: string): string | null {
  if (!/[%+]/.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // None of our ids contains a malformed escape.
    return null
  }
}
