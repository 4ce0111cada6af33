import { hash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import { type ClientId, isName, NAME_RULE, randomText, toClientId } from '../base/ids.ts'
import { Secret } from '../base/secret.ts'
import type { ClientRecord, GrantRecord, Settings } from '../settings/schema.ts'
import { type Actor, program } from './record/actor.ts'
import type { RecordedSettings } from './record/recorded-settings.ts'

/** A local tool with its own id and secret. */
export interface Client extends Actor {
  readonly id: ClientId
  /** Built in, with a standing grant on every account. */
  readonly builtIn: boolean
}

/** What the person does by the command line or the tray; has no secret of its own. */
export const cliClient: Client = {
  ...{ id: toClientId('cli'), name: 'cli', builtIn: true, route: 'v1' },
}
export const trayClient: Client = {
  ...{ id: toClientId('tray'), name: 'tray', builtIn: true, route: 'tray' },
}
/** The same holder of tokens; only what it does comes in by the window. */
export const windowClient: Client = { ...trayClient, route: 'window' }
const builtIn = [cliClient, trayClient]
/** What the record and the lists call the person and Tokentray itself. */
const RESERVED = ['you', program.name]

interface Known {
  readonly record: ClientRecord
  readonly client: Client
  readonly hash: Buffer
}

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer')
/** Compared against when the id is unknown, so that both answers take the same time. */
const NOBODY = sha256(randomText(256))

/** The clients and their grants. */
export class Clients {
  readonly #settings: RecordedSettings
  readonly #clock: Clock
  #seen: Pick<Settings, 'clients' | 'grants'> | null = null
  #byId = new Map<string, Known>()
  #byName = new Map<string, Client>()
  readonly #gone = new Map<string, string>()
  /** By client; what is made of them waits for the first who asks. */
  #grants = new Map<string, GrantRecord[]>()
  #granted = new Map<string, Granted>()

  constructor(settings: RecordedSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  /** The client whose id and secret these are; `null` for any other pair. */
  authenticate(id: string, secret: string): Client | null {
    this.#refresh()
    const known = this.#byId.get(id)
    // Security: digests have one length, and the comparison does not depend on where they differ.
    const right = timingSafeEqual(sha256(secret), known?.hash ?? NOBODY)
    return right && known ? known.client : null
  }

  /** May this client have tokens of this account? */
  isGranted(client: Client, accountUid: string): boolean {
    if (client.builtIn) return true
    const until = this.#grantedTo(client).until.get(accountUid)
    return until !== undefined && until > this.#clock.now()
  }

  /** The account that this client was granted under an id that none has any more. */
  formerlyNamed(client: Client, id: string): string | undefined {
    return this.#grantedTo(client).formerly.get(id)
  }

  /** All such ids of the accounts that this client is granted, with the account's uid. */
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
   * Makes a client; its secret is in the answer and nowhere else. Throws `temporarily_unavailable` while a
   * reset is under way, which would forget it.
   */
  add(
    name: string,
    accountUids: readonly string[],
    by: Actor = program,
  ): { client: Client; secret: Secret } {
    if (!isName(name)) {
      throw new TokentrayError('invalid_request', 'That cannot be the name of a client.', {
        hint: NAME_RULE,
      })
    }
    if (this.findByName(name) || RESERVED.includes(name)) {
      throw new TokentrayError('already_exists', `There is already a client ${name}.`)
    }
    const secret = randomText(256)
    const record: ClientRecord = {
      id: randomText(120),
      name,
      secretHash: sha256(secret).toString('hex'),
      createdAt: this.#clock.now(),
    }
    const grants = accountUids.map((account) => ({ client: record.id, account, until: null }))
    this.#settings.updateUnlessReset(
      (settings) => ({
        ...settings,
        clients: [...settings.clients, record],
        grants: [...settings.grants, ...grants],
      }),
      by,
    )
    return { client: toClient(record), secret: new Secret(secret) }
  }

  /** Remembers the person's yes to a client that is known. */
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
    // What it held is still being ended, and told of.
    this.#gone.set(client.id, client.name)
  }

  findByName(name: string): Client | undefined {
    this.#refresh()
    return this.#byName.get(name) ?? builtIn.find((client) => client.name === name)
  }

  byId(id: ClientId): Client | undefined {
    this.#refresh()
    return this.#byId.get(id)?.client ?? builtIn.find((client) => client.id === id)
  }

  /** What it is called, or was called when it was removed. */
  nameOf(id: ClientId): string {
    return this.byId(id)?.name ?? this.#gone.get(id) ?? id
  }

  records(): readonly ClientRecord[] {
    return this.#settings.read().clients
  }

  /** The uids of the accounts that it may have tokens of by a decision of its own. */
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

  /** Only what has changed is gone through, since any tool may be waiting meanwhile. */
  #refresh(): void {
    const { clients, grants } = this.#settings.read()
    const seen = this.#seen
    this.#seen = { clients, grants }
    if (seen?.clients !== clients) {
      const all = clients.map((record) => this.#known(record))
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

/** What the grants of one client come to. */
interface Granted {
  /** By account: until when, epoch milliseconds. */
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
