import { randomBytes } from 'node:crypto'
import { said } from './sftpgo-answers.ts'
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
  | { readonly ok: true; readonly username: string }
  | { readonly ok: false; readonly answer: SimulatedAnswer }

/** SFTPGo's API keys: kept over a restart, bound to no address, each with an end of its own. */
export class SftpgoKeys {
  readonly #clock: SimulatorClock
  readonly #accounts: readonly SftpgoAccount[]
  readonly #kept = new Map<string, SftpgoKey>()

  constructor(clock: SimulatorClock, accounts: readonly SftpgoAccount[]) {
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
    const [id = '', secret = '', ...rest] = header.split('.')
    const key = this.#kept.get(id)
    if (secret === '' || !key) return refused(400, 'the provided api key is not valid')
    if (key.scope !== SCOPES[family]) return refused(403, 'this scope is not allowed here')
    const isOver = key.expires_at > 0 && key.expires_at < this.#clock.now()
    if (isOver || secret !== key.secret) return refused(401, 'the key cannot be authenticated')
    const username = key.user || key.admin || rest.join('.')
    return this.#find(username, family)?.allowApiKeyAuth
      ? { ok: true, username }
      : refused(401, 'the account of the key cannot be authenticated')
  }

  /** Serves an administrator who may manage keys. */
  manage({ method, path, body }: RecordedRequest): SimulatedAnswer {
    const url = new URL(path, 'http://sftpgo')
    if (url.pathname === KEYS_PATH) {
      if (method === 'GET') return this.#list(url.searchParams)
      return method === 'POST' ? this.add(parse(body)) : said(405, 'Method Not Allowed')
    }
    const key = this.#kept.get(url.pathname.slice(KEYS_PATH.length + 1))
    if (!key) return said(404, 'Not Found', 'the key does not exist')
    switch (method) {
      case 'GET':
        return { status: 200, body: toRecord(key) }
      case 'PUT':
        return this.#replace(key, parse(body))
      case 'DELETE':
        this.#kept.delete(key.id)
        return said(200, 'API key deleted')
      default:
        return said(405, 'Method Not Allowed')
    }
  }

  /** Makes a key, and shows it this once. */
  add(wanted: Wanted | null): SimulatedAnswer {
    const wrong = this.#wrongWith(wanted)
    if (!wanted || wrong !== null) return said(400, 'Bad Request', wrong ?? 'not JSON')
    const now = this.#clock.now()
    // Ids and secrets are 22 letters and digits.
    const [id, secret] = [randomBytes(11).toString('hex'), randomBytes(11).toString('hex')]
    this.#kept.set(id, { ...wanted, id, secret, created_at: now, updated_at: now })
    const key = `${id}.${secret}`
    return {
      status: 201,
      headers: { location: `${KEYS_PATH}/${id}`, 'x-object-id': id },
      body: { message: 'API key created', key },
      token: key,
    }
  }

  #list(query: URLSearchParams): SimulatedAnswer {
    const limit = Number(query.get('limit') ?? 100)
    const offset = Number(query.get('offset') ?? 0)
    const order = query.get('order') ?? 'ASC'
    if (!(limit > 0 && offset >= 0 && ['ASC', 'DESC'].includes(order))) {
      return said(400, 'Bad Request', 'invalid limit, offset or order')
    }
    const all = order === 'ASC' ? this.all() : this.all().reverse()
    return { status: 200, body: all.slice(offset, offset + Math.min(limit, 500)).map(toRecord) }
  }

  /** What is left out of the new record is gone from the key, but for its secret. */
  #replace(key: SftpgoKey, wanted: Wanted | null): SimulatedAnswer {
    const wrong = this.#wrongWith(wanted)
    if (!wanted || wrong !== null) return said(400, 'Bad Request', wrong ?? 'not JSON')
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
    const role = family === 'API' ? 'admin' : 'user'
    return this.#accounts.find((account) => {
      return (account.role ?? 'user') === role && account.username === username
    })
  }
}

function refused(status: number, error: string): KeyVerdict {
  return { ok: false, answer: said(status, 'Not accepted', error) }
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
