import { randomBytes } from 'node:crypto'
import type { SftpgoAccounts } from './sftpgo-accounts.ts'
import { given, notAllowed, said } from './sftpgo-answers.ts'
import { POINTS } from './sftpgo-limits.ts'
import type { SftpgoAccount } from './sftpgo-simulator.ts'
import type { Family } from './sftpgo-tokens.ts'
import type { RecordedRequest, SimulatedAnswer } from './simulator.ts'
import type { SimulatorClock } from './simulator-clock.ts'

/** The path of all keys; that of one has its id behind another slash. */
export const KEYS_PATH = '/api/v2/apikeys'
const SCOPES: Readonly<Record<Family, number>> = { API: 1, APIUser: 2 }

/** What somebody wants a key to be. */
interface Wanted {
  readonly name: string
  readonly scope: number
  readonly user: string
  readonly admin: string
  readonly description: string
  /** Unix milliseconds; 0 for never. */
  readonly expires_at: number
}

/** A key as the service keeps it; all moments are unix milliseconds. */
export interface SftpgoKey extends Wanted {
  readonly id: string
  readonly secret: string
  readonly created_at: number
  readonly updated_at: number
}

export type KeyVerdict =
  | { readonly ok: true; readonly account: SftpgoAccount }
  | {
      readonly ok: false
      readonly answer: SimulatedAnswer
      /** What the defender makes of it. */
      readonly points: number
    }

/** SFTPGo's API keys: kept over a restart, bound to no address, each with an end of its own. */
export class SftpgoKeys {
  readonly #clock: SimulatorClock
  readonly #accounts: SftpgoAccounts
  readonly #kept = new Map<string, SftpgoKey>()

  /** Switched off for the server: keys can still be made, and are not looked at any more. */
  areOff = false

  constructor(clock: SimulatorClock, accounts: SftpgoAccounts) {
    this.#clock = clock
    this.#accounts = accounts
  }

  /** In the order of the list. */
  all(): SftpgoKey[] {
    return [...this.#kept.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
  }

  /** Keys that would be taken on the routes that they are for, as they travel. */
  alive(): string[] {
    return this.all()
      .filter(({ id, secret, scope }) => {
        return this.check(`${id}.${secret}`, scope === SCOPES.API ? 'API' : 'APIUser').ok
      })
      .map(({ id, secret }) => `${id}.${secret}`)
  }

  /** Would the service take this header on that family of routes? */
  check(header: string, family: Family): KeyVerdict {
    if (this.areOff) return refused(401, 'no token found', 0)
    const [id = '', secret = '', ...rest] = header.split('.')
    if (secret === '') return refused(400, 'the provided api key is not valid', 0)
    const key = this.#kept.get(id)
    if (!key) return refused(400, 'the provided api key is not valid', POINTS.unknownKey)
    if (key.scope !== SCOPES[family]) {
      return refused(403, 'the provided api key is not valid here', POINTS.keyOfWrongScope)
    }
    const isOver = key.expires_at > 0 && key.expires_at < this.#clock.now()
    if (isOver || secret !== key.secret) {
      return refused(401, 'the provided api key cannot be authenticated', POINTS.wrongKeySecret)
    }
    const username = key.user || key.admin || rest.join('.')
    const account = this.#find(username, family)
    if (account?.allowApiKeyAuth && !account.disabled) return { ok: true, account }
    // The words are the same whatever the account has against it.
    const words = 'the account of the provided api key cannot be authenticated'
    return refused(401, words, POINTS.keyRefusedByAccount)
  }

  /** The keys of an account go with it. */
  dropOf({ username, role = 'user' }: SftpgoAccount): void {
    for (const key of this.all()) if (key[role] === username) this.#kept.delete(key.id)
  }

  /** Serves an administrator who may manage keys. */
  manage({ method, path, body }: RecordedRequest): SimulatedAnswer {
    const url = new URL(path, 'http://sftpgo')
    if (url.pathname === KEYS_PATH) {
      if (method === 'GET') return this.#list(url.searchParams)
      return method === 'POST' ? this.add(parse(body)) : notAllowed('GET', 'POST')
    }
    const key = this.#kept.get(url.pathname.slice(KEYS_PATH.length + 1))
    if (!key) return said(404, '', 'Not Found')
    switch (method) {
      case 'GET':
        return given(toRecord(key))
      case 'PUT':
        return this.#replace(key, parse(body))
      case 'DELETE':
        this.#kept.delete(key.id)
        return said(200, 'API key deleted')
      default:
        return notAllowed('GET', 'PUT', 'DELETE')
    }
  }

  /** Makes a key, and shows it this once. */
  add(wanted: Wanted | null): SimulatedAnswer {
    const wrong = this.#wrongWith(wanted)
    if (!wanted || wrong !== null) return said(400, '', wrong ?? 'not JSON')
    const now = this.#clock.now()
    // Ids and secrets are 22 letters and digits.
    const [id, secret] = [randomBytes(11).toString('hex'), randomBytes(11).toString('hex')]
    this.#kept.set(id, { ...wanted, id, secret, created_at: now, updated_at: now })
    const key = `${id}.${secret}`
    const made = given({ message: 'API key created', key }, 201)
    return {
      ...made,
      headers: { ...made.headers, location: `${KEYS_PATH}/${id}`, 'x-object-id': id },
      token: key,
    }
  }

  #list(query: URLSearchParams): SimulatedAnswer {
    const limit = Number(query.get('limit') ?? 100)
    const offset = Number(query.get('offset') ?? 0)
    const order = query.get('order') ?? 'ASC'
    if (!(limit > 0 && offset >= 0 && ['ASC', 'DESC'].includes(order))) {
      return said(400, '', 'invalid limit, offset or order')
    }
    const all = order === 'ASC' ? this.all() : this.all().reverse()
    return given(all.slice(offset, offset + Math.min(limit, 500)).map(toRecord))
  }

  /** What is left out of the new record is gone from the key, but for its secret. */
  #replace(key: SftpgoKey, wanted: Wanted | null): SimulatedAnswer {
    const wrong = this.#wrongWith(wanted)
    if (!wanted || wrong !== null) return said(400, '', wrong ?? 'not JSON')
    this.#kept.set(key.id, { ...key, ...wanted, updated_at: this.#clock.now() })
    return said(200, 'API key updated')
  }

  #wrongWith(wanted: Wanted | null): string | null {
    if (!wanted) return 'not JSON'
    const { name, scope, user, admin, expires_at } = wanted
    if (name === '') return 'name is mandatory'
    if (scope !== SCOPES.API && scope !== SCOPES.APIUser) return 'invalid scope'
    if (user !== '' && admin !== '') return 'a key is for a user or an administrator, not for both'
    if (!Number.isSafeInteger(expires_at)) return 'expires_at is no whole number'
    if (user !== '' && !this.#find(user, 'APIUser')) return 'no such user'
    if (admin !== '' && !this.#find(admin, 'API')) return 'no such administrator'
    return null
  }

  #find(username: string, family: Family): SftpgoAccount | undefined {
    return this.#accounts.find(username, family === 'API' ? 'admin' : 'user')
  }
}

function refused(status: number, error: string, points: number): KeyVerdict {
  return { ok: false, answer: said(status, status === 401 ? 'Unauthorized' : '', error), points }
}

function toRecord({ secret: _, ...record }: SftpgoKey): unknown {
  return { ...record, last_use_at: 0 }
}

function parse(body: string): Wanted | null {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    const members: Readonly<Record<string, unknown>> = { ...value }
    const text = (name: string) => (typeof members[name] === 'string' ? members[name] : '')
    return {
      name: text('name'),
      scope: Number(members['scope']),
      user: text('user'),
      admin: text('admin'),
      description: text('description'),
      expires_at: Number(members['expires_at'] ?? 0),
    }
  } catch {
    // Not JSON, which makes no key.
    return null
  }
}
