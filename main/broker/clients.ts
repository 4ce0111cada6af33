import { hash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import { type ClientId, isName, NAME_RULE, randomText, toClientId } from '../base/ids.ts'
import { Secret } from '../base/secret.ts'
import type { AccountRecord, ClientRecord, GrantRecord, Settings } from '../settings/schema.ts'
import { type Actor, program } from './record/actor.ts'
import type { RecordedSettings } from './record/recorded-settings.ts'

/** A local tool with its own id and secret. */
export interface Client extends Actor {
  readonly id: ClientId
  /** Built in, with a standing grant on every account. */
  readonly builtIn: boolean
}

/** The built-in clients for the user's own actions in the command line and the tray; they have no secret. */
export const cliClient: Client = {
  ...{ id: toClientId('cli'), name: 'cli', builtIn: true, route: 'v1' },
}
export const trayClient: Client = {
  ...{ id: toClientId('tray'), name: 'tray', builtIn: true, route: 'tray' },
}
/** The tray client again, for actions that come from the window. */
export const windowClient: Client = { ...trayClient, route: 'window' }
const builtIn = [cliClient, trayClient]
/** Names that stand for the user and for Tokentray itself in the audit log and in lists. */
const RESERVED = ['you', program.name]

interface Known {
  readonly record: ClientRecord
  readonly client: Client
  readonly hash: Buffer
}

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer')
/** Compared against when the id is unknown, so that both answers take the same time. */
const UNKNOWN_HASH = sha256(randomText(256))

/** A secret and the only form in which it is stored. */
function makeSecret(): { readonly secret: Secret; readonly secretHash: string } {
  const secret = randomText(256)
  return { secret: new Secret(secret), secretHash: sha256(secret).toString('hex') }
}

/** What the user can choose for a client; what is absent stays as it is. */
export interface ClientChange {
  /** The uids of the accounts that it may use, and of no others. */
  readonly accountUids?: readonly string[]
  /** The lifetime of its tokens, in seconds; 0 for that of each account. */
  readonly leaseSeconds?: number
}

/** What a new client is made of. */
type NewClient = Pick<ClientRecord, 'name' | 'createdAt'> & Pick<ClientChange, 'leaseSeconds'>

/** A new client; its secret is nowhere else. */
function makeRecord({ name, createdAt, leaseSeconds }: NewClient): {
  readonly record: ClientRecord
  readonly secret: Secret
} {
  const { secret, secretHash } = makeSecret()
  const record = { id: randomText(120), name, secretHash, createdAt }
  return { record: withLifetime(record, leaseSeconds), secret }
}

/** The record with this lifetime for its tokens; without one of its own for 0. */
function withLifetime(record: ClientRecord, wanted: number | undefined): ClientRecord {
  if (wanted === undefined) return record
  const { leaseSeconds: _, ...rest } = record
  return wanted === 0 ? rest : { ...rest, leaseSeconds: wanted }
}

/** The record of a client whose secret is thrown away: it can be given a new one. */
export const recordWithoutSecret = (wanted: NewClient): ClientRecord => makeRecord(wanted).record

/** True for names that stand for the user or for Tokentray. */
export const isReserved = (name: string): boolean => RESERVED.includes(name)

/** The clients and their grants. */
export class Clients {
  readonly #settings: RecordedSettings
  readonly #clock: Clock
  #seen: Pick<Settings, 'clients' | 'grants'> | null = null
  #byId = new Map<string, Known>()
  #byName = new Map<string, Client>()
  readonly #gone = new Map<string, string>()
  /** By client; the index in `#granted` is built on first use. */
  #grants = new Map<string, GrantRecord[]>()
  #granted = new Map<string, Granted>()

  constructor(settings: RecordedSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  /** The client with this id and secret; `null` if they do not match. */
  authenticate(id: string, secret: string): Client | null {
    this.#refresh()
    const known = this.#byId.get(id)
    // Security: digests have one length, and the comparison does not depend on where they differ.
    const right = timingSafeEqual(sha256(secret), known?.hash ?? UNKNOWN_HASH)
    return right && known ? known.client : null
  }

  /** Whether this client may get tokens of this account. */
  isGranted(client: Client, accountUid: string): boolean {
    if (client.builtIn) return true
    const until = this.#grantedTo(client).until.get(accountUid)
    return until !== undefined && until > this.#clock.now()
  }

  /** The uid of the account that this client was granted under this former id. */
  formerlyNamed(client: Client, id: string): string | undefined {
    return this.#grantedTo(client).formerly.get(id)
  }

  /** All former ids of the accounts that this client is granted, with the account's uid. */
  formerNames(client: Client): (readonly [id: string, uid: string])[] {
    const all = [...this.#grantedTo(client).formerly]
    return all.filter(([, uid]) => this.isGranted(client, uid))
  }

  /** False once it has been removed. */
  isKnown(client: Client): boolean {
    this.#refresh()
    return client.builtIn || this.#byId.has(client.id)
  }

  /**
   * Adds a client; its secret is returned and not stored. Throws `temporarily_unavailable` during a reset,
   * which would delete the client.
   */
  add(
    name: string,
    { accountUids = [], leaseSeconds }: ClientChange,
    by: Actor = program,
  ): { client: Client; secret: Secret } {
    this.requireNew(name)
    const createdAt = this.#clock.now()
    const { record, secret } = makeRecord({
      ...{ name, createdAt },
      ...(leaseSeconds !== undefined && { leaseSeconds }),
    })
    const grants = accountUids.map((account) => ({ client: record.id, account, until: null }))
    this.#settings.updateUnlessReset(
      (settings) => ({
        ...settings,
        clients: [...settings.clients, record],
        grants: [...settings.grants, ...grants],
      }),
      by,
    )
    return { client: toClient(record), secret }
  }

  /** Throws `invalid_request` for an invalid name, and `already_exists` for one that is taken. */
  requireNew(name: string): void {
    if (!isName(name)) {
      throw new TokentrayError('invalid_request', 'That is not a valid tool name.', {
        hint: NAME_RULE,
      })
    }
    if (this.findByName(name) || isReserved(name)) {
      throw new TokentrayError('already_exists', `A tool named ${name} already exists.`)
    }
  }

  /**
   * Changes the accounts that the client may use and the lifetime of its new tokens; grants that stay keep their
   * former names. Returns the uids of the accounts that it may no longer use. Throws `temporarily_unavailable`
   * during a reset.
   */
  change(client: Client, change: ClientChange, by: Actor = program): string[] {
    const before = this.grantedUids(client)
    const { accountUids = before, leaseSeconds } = change
    const isKept = (grant: GrantRecord) =>
      grant.client !== client.id ||
      (accountUids.includes(grant.account) && before.includes(grant.account))
    const added = accountUids
      .filter((uid) => !before.includes(uid))
      .map((account) => ({ client: client.id, account, until: null }))
    this.#settings.updateUnlessReset(
      (settings) => ({
        ...settings,
        clients: settings.clients.map((record) =>
          record.id === client.id ? withLifetime(record, leaseSeconds) : record,
        ),
        grants: [...settings.grants.filter(isKept), ...added],
      }),
      by,
    )
    return before.filter((uid) => !accountUids.includes(uid))
  }

  /**
   * Gives the client another secret, which is returned and not stored; the old one is refused from now on.
   * Throws `temporarily_unavailable` during a reset.
   */
  newSecret(client: Client, by: Actor = program): Secret {
    const { secret, secretHash } = makeSecret()
    this.#settings.updateUnlessReset(
      (settings) => ({
        ...settings,
        clients: settings.clients.map((record) =>
          record.id === client.id ? { ...record, secretHash } : record,
        ),
      }),
      by,
    )
    return secret
  }

  /** Stores the user's consent for a known client. */
  grant(client: Client, accountUid: string, by: Actor = program): void {
    if (this.isGranted(client, accountUid) || !this.isKnown(client)) return
    const isOther = (grant: GrantRecord) =>
      grant.client !== client.id || grant.account !== accountUid
    this.#settings.updateUnlessReset(
      (settings) => ({
        ...settings,
        grants: [
          ...settings.grants.filter(isOther),
          { client: client.id, account: accountUid, until: null },
        ],
      }),
      by,
    )
  }

  remove(client: Client, by: Actor = program): void {
    this.#settings.update(
      (settings) => ({
        ...settings,
        clients: settings.clients.filter(({ id }) => id !== client.id),
        grants: settings.grants.filter((grant) => grant.client !== client.id),
      }),
      by,
    )
  }

  findByName(name: string): Client | undefined {
    this.#refresh()
    return this.#byName.get(name) ?? builtIn.find((client) => client.name === name)
  }

  byId(id: ClientId): Client | undefined {
    this.#refresh()
    return this.#byId.get(id)?.client ?? builtIn.find((client) => client.id === id)
  }

  /** The client's name, or its last one if it was removed in this run; otherwise its id. */
  nameOf(id: ClientId): string {
    return this.byId(id)?.name ?? this.#gone.get(id) ?? id
  }

  /** How long a lease of this client on this account is, in seconds. */
  leaseSecondsOf({ id }: Pick<Client, 'id'>, account: Pick<AccountRecord, 'leaseSeconds'>): number {
    return this.recordOf(id)?.leaseSeconds ?? account.leaseSeconds
  }

  /** What is stored of a client that was added. */
  recordOf(id: ClientId): ClientRecord | undefined {
    this.#refresh()
    return this.#byId.get(id)?.record
  }

  records(): readonly ClientRecord[] {
    return this.#settings.read().clients
  }

  /** The uids of the accounts with an unexpired grant for this client. */
  grantedUids(client: Client): string[] {
    const now = this.#clock.now()
    const granted = [...this.#grantedTo(client).until]
    return granted.filter(([, until]) => until > now).map(([uid]) => uid)
  }

  #grantedTo({ id }: Client): Granted {
    this.#refresh()
    const known = this.#granted.get(id) ?? grantedBy(this.#grants.get(id) ?? [])
    this.#granted.set(id, known)
    return known
  }

  /** Rebuilds only what has changed, because every request waits for this. */
  #refresh(): void {
    const { clients, grants } = this.#settings.read()
    const seen = this.#seen
    this.#seen = { clients, grants }
    if (seen?.clients !== clients) {
      const all = clients.map((record) => this.#known(record))
      // Their names are still needed while their tokens are revoked.
      for (const { client } of this.#byId.values()) this.#gone.set(client.id, client.name)
      this.#byId = new Map(all.map((known) => [known.record.id, known]))
      this.#byName = new Map(all.map(({ record, client }) => [record.name, client]))
    }
    if (seen?.grants === grants) return
    this.#granted = new Map()
    this.#grants = new Map()
    for (const grant of grants) {
      const { client } = grant
      const others = this.#grants.get(client)
      if (others) others.push(grant)
      else this.#grants.set(client, [grant])
    }
  }

  #known(record: ClientRecord): Known {
    const known = this.#byId.get(record.id)
    if (known?.record === record) return known
    return { record, client: toClient(record), hash: Buffer.from(record.secretHash, 'hex') }
  }
}

/** The grants of one client, indexed. */
interface Granted {
  /** By account: the expiry, epoch milliseconds. */
  readonly until: ReadonlyMap<string, number>
  /** By former id: the account's uid. */
  readonly formerly: ReadonlyMap<string, string>
}

function grantedBy(grants: readonly GrantRecord[]): Granted {
  const ends = new Map<string, number>()
  const named = new Map<string, string>()
  for (const { account, until, formerly = [] } of grants) {
    for (const id of formerly) named.set(id, account)
    ends.set(account, Math.max(ends.get(account) ?? 0, until ?? Number.POSITIVE_INFINITY))
  }
  return { until: ends, formerly: named }
}

const toClient = ({ id, name }: ClientRecord): Client => ({
  id: toClientId(id),
  name,
  builtIn: false,
  route: 'oauth',
})
