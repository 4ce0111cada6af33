import { randomBytes } from 'node:crypto'
import type { SftpgoAccounts } from './sftpgo-accounts.ts'
import { given, said } from './sftpgo-answers.ts'
import { POINTS } from './sftpgo-limits.ts'
import type { SftpgoAccount } from './sftpgo-simulator.ts'
import type { Family } from './sftpgo-tokens.ts'
import type { RecordedRequest, SimulatedAnswer } from './simulator.ts'
import type { SimulatorClock } from './simulator-clock.ts'

/** The path of all keys; that of one key has its id after another slash. */
export const KEYS_PATH = '/api/v2/apikeys'
const SCOPES: Readonly<Record<Family, number>> = { API: 1, APIUser: 2 }

/** The requested properties of a key. */
interface Wanted {
  readonly name: string
  readonly scope: number
  readonly user: string
  readonly admin: string
  readonly description: string
  /** Unix milliseconds; 0 or less for never. */
  readonly expires_at: number
}

/** A key as the service stores it; all times are unix milliseconds. */
export interface SftpgoKey extends Wanted {
  readonly id: string
  readonly secret: string
  readonly created_at: number
  readonly last_use_at: number
  readonly updated_at: number
}

export type KeyVerdict =
  | { readonly ok: true; readonly account: SftpgoAccount; readonly id: string }
  | {
      readonly ok: false
      readonly answer: SimulatedAnswer
      /** The defender's event for it. */
      readonly points: number
    }

/** SFTPGo's API keys: kept over a restart, bound to no address, each with its own expiry. */
export class SftpgoKeys {
  readonly #clock: SimulatorClock
  readonly #accounts: SftpgoAccounts
  readonly #kept = new Map<string, SftpgoKey>()

  /** Disabled for the server: keys can still be created, but are ignored. */
  areOff = false

  constructor(clock: SimulatorClock, accounts: SftpgoAccounts) {
    this.#clock = clock
    this.#accounts = accounts
  }

  /** In list order. */
  all(): SftpgoKey[] {
    return [...this.#kept.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
  }

  /** Keys that would be accepted on their routes, as sent in a header. */
  alive(): string[] {
    return this.all()
      .filter(({ id, secret, scope }) => {
        return this.check(`${id}.${secret}`, scope === SCOPES.API ? 'API' : 'APIUser').ok
      })
      .map(({ id, secret }) => `${id}.${secret}`)
  }

  /** `null` for never. */
  endOf(header: string): number | null {
    const [id = ''] = header.split('.')
    const end = this.#kept.get(id)?.expires_at ?? 0
    return end > 0 ? end : null
  }

  /** Whether the service would accept this header on that family of routes. */
  check(header: string, family: Family): KeyVerdict {
    if (this.areOff)
      return { ok: false, answer: said(401, 'Unauthorized', 'no token found'), points: 0 }
    const [id = '', secret = '', ...rest] = header.split('.')
    if (secret === '') return refused(400, 'the provided api key is not valid', 0)
    const key = this.#kept.get(id)
    if (!key) return refused(400, 'the provided api key is not valid', POINTS.unknownKey)
    if (key.scope !== SCOPES[family]) {
      return refused(
        403,
        'the provided api key is invalid for this request',
        POINTS.keyOfWrongScope,
      )
    }
    const isOver = key.expires_at > 0 && key.expires_at < this.#clock.now()
    if (isOver || secret !== key.secret) {
      return refused(401, 'the provided api key cannot be authenticated', POINTS.wrongKeySecret)
    }
    const username = key.user || key.admin || rest.join('.')
    const account = this.#find(username, family)
    if (account && mayActFor(account)) return { ok: true, account, id }
    // The message is the same for every reason on the account's side.
    const whose = family === 'API' ? 'admin' : 'user'
    const words = `the ${whose} associated with the provided api key cannot be authenticated`
    return refused(401, words, pointsFor(family, username, account))
  }

  /** Records that the key was used. */
  recordUse(id: string): void {
    const key = this.#kept.get(id)
    if (key) this.#kept.set(id, { ...key, last_use_at: this.#clock.now() })
  }

  /** Deletes the keys of a deleted account. */
  dropOf({ username, role = 'user' }: SftpgoAccount): void {
    for (const key of this.all()) if (key[role] === username) this.#kept.delete(key.id)
  }

  /** Serves an administrator who may manage keys. */
  manage({ method, path, body }: RecordedRequest): SimulatedAnswer {
    const url = new URL(path, 'http://sftpgo')
    if (url.pathname === KEYS_PATH) {
      return method === 'POST' ? this.add(parse(body)) : this.#list(url.searchParams)
    }
    const key = this.#kept.get(url.pathname.slice(KEYS_PATH.length + 1))
    if (!key) return said(404, '', 'Not Found')
    switch (method) {
      case 'PUT':
        return this.#replace(key, parse(body))
      case 'DELETE':
        this.#kept.delete(key.id)
        return said(200, 'API key deleted')
      default:
        return given(toRecord(key))
    }
  }

  /** Creates a key, and shows it only this once. */
  add(wanted: Wanted | null): SimulatedAnswer {
    const wrong = this.#wrongWith(wanted)
    if (!wanted || wrong !== null) return said(400, '', wrong ?? 'not JSON')
    const now = this.#clock.now()
    // Ids and secrets are 22 letters and digits.
    const [id, secret] = [randomBytes(11).toString('hex'), randomBytes(11).toString('hex')]
    this.#kept.set(id, {
      ...ofScope(wanted),
      id,
      secret,
      created_at: now,
      updated_at: now,
      last_use_at: 0,
    })
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

  /** Fields omitted from the new record are cleared, except the secret. */
  #replace(key: SftpgoKey, wanted: Wanted | null): SimulatedAnswer {
    const wrong = this.#wrongWith(wanted)
    if (!wanted || wrong !== null) return said(400, '', wrong ?? 'not JSON')
    this.#kept.set(key.id, { ...key, ...ofScope(wanted), updated_at: this.#clock.now() })
    return said(200, 'API key updated')
  }

  #wrongWith(wanted: Wanted | null): string | null {
    if (!wanted) return 'not JSON'
    const { name, scope, user, admin } = wanted
    if (name === '') return 'name is mandatory'
    if (scope !== SCOPES.API && scope !== SCOPES.APIUser) return 'invalid scope'
    if (user !== '' && admin !== '') return 'a key is for a user or an administrator, not for both'
    if (user !== '' && !this.#find(user, 'APIUser')) return 'no such user'
    if (admin !== '' && !this.#find(admin, 'API')) return 'no such administrator'
    return null
  }

  #find(username: string, family: Family): SftpgoAccount | undefined {
    return this.#accounts.find(username, family === 'API' ? 'admin' : 'user')
  }
}

/** The methods of the key routes. */
export const keyMethods = (path: string) =>
  path === KEYS_PATH ? ['GET', 'POST'] : ['GET', 'PUT', 'DELETE']

function mayActFor(account: SftpgoAccount): boolean {
  const { allowApiKeyAuth = false, disabled, expired, barred } = account
  return allowApiKeyAuth && !disabled && !expired && barred === undefined
}

function pointsFor(family: Family, username: string, account: SftpgoAccount | undefined): number {
  const isUnknown = username !== '' && !account
  if (family === 'API') return isUnknown ? POINTS.keyOfUnknownAdmin : POINTS.keyRefusedByAdmin
  return isUnknown ? POINTS.keyOfUnknownUser : POINTS.keyRefusedByUser
}

function refused(status: number, error: string, points: number): KeyVerdict {
  return { ok: false, answer: said(status, '', error), points }
}

/** The account that the scope does not refer to is not stored. */
function ofScope(wanted: Wanted): Wanted {
  return wanted.scope === SCOPES.API ? { ...wanted, user: '' } : { ...wanted, admin: '' }
}

/** Without its secret and empty fields. */
function toRecord({ secret: _, ...record }: SftpgoKey): unknown {
  const isEmpty = (value: unknown) => value === '' || value === 0
  return Object.fromEntries(Object.entries(record).filter(([, value]) => !isEmpty(value)))
}

/** `null` for anything but a key record: not JSON, or with a member of the wrong type. */
function parse(body: string): Wanted | null {
  const members = toMembers(body)
  if (!members) return null
  const { name = '', scope = 0, user = '', admin = '', description = '', expires_at = 0 } = members
  if (typeof name !== 'string' || typeof description !== 'string') return null
  if (typeof user !== 'string' || typeof admin !== 'string') return null
  if (!isWhole(scope) || !isWhole(expires_at)) return null
  return { name, scope, user, admin, description, expires_at }
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)

function toMembers(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    // Not JSON, so not a key.
    return null
  }
}
