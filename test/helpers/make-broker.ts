import { setImmediate as endOfTurn } from 'node:timers/promises'
import type { AuditEvent } from '../../main/audit/audit.ts'
import { type ErrorCode, isTokentrayError, TokentrayError } from '../../main/base/errors.ts'
import type { Log } from '../../main/base/log.ts'
import { Secret } from '../../main/base/secret.ts'
import type { Account } from '../../main/broker/account/accounts.ts'
import { itemListIn } from '../../main/broker/account/keychain-items.ts'
import { Broker } from '../../main/broker/broker.ts'
import type { Client } from '../../main/broker/clients.ts'
import type { Issued, IssueRequest } from '../../main/broker/lease/token-issuer.ts'
import { parseEntry } from '../../main/broker/ledger/ledger-entry.ts'
import type { ConsentQuestion } from '../../main/broker/ports.ts'
import type { LoginReason } from '../../main/broker/session/login-reason.ts'
import type { HttpClient } from '../../main/providers/http/http.ts'
import type { Provider } from '../../main/providers/provider.ts'
import { createMemorySettings } from '../../main/settings/memory-settings.ts'
import type { SettingsStore } from '../../main/settings/settings.ts'
import { createMemorySilences, type SilenceStore } from '../../main/settings/silences.ts'
import { LedgerFile } from '../../main/vault/ledger/ledger-file.ts'
import type {
  LedgerLine,
  LedgerPayload,
  LedgerStore,
} from '../../main/vault/ledger/ledger-store.ts'
import { createMemoryLedger } from '../../main/vault/ledger/memory-ledger.ts'
import { ListedVault } from '../../main/vault/listed-vault.ts'
import { createMemoryVault } from '../../main/vault/memory-vault.ts'
import type { Vault } from '../../main/vault/vault.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeService, type FakeServiceOptions } from './fake-provider.ts'

/** Faults that a test can inject: while an error is set here, every write of that part fails with it. */
export interface Faults {
  ledger: TokentrayError | null
  audit: TokentrayError | null
  settings: TokentrayError | null
  vault: TokentrayError | null
}

export interface BrokerOptions {
  readonly services?: readonly FakeServiceOptions[]
  readonly lockWaitMs?: number
  /** Instead of those of the fake services. */
  readonly providers?: readonly Provider[]
  /** The folder of the ledger file, so that another broker can take over the ledger. */
  readonly ledgerFolder?: string
  /** The HTTP client for the drivers; the fake services need none. */
  readonly http?: HttpClient
  /** Instead of new ones, or of those of an earlier broker. */
  readonly clock?: FakeClock
  readonly vault?: Vault
  readonly settings?: SettingsStore
  /** Without a keychain: the list of tokens is lost when the broker stops. */
  readonly isMemory?: true
  /** Instead of `logged`, with all fields. */
  readonly log?: Log
  /** The list for `journal`, if the test adds to it. */
  readonly journal?: string[]
  /** The state left by an earlier broker. */
  readonly after?: TestBroker
}

/** A broker on a fake clock, with services in this process. */
export interface TestBroker {
  readonly broker: Broker
  readonly clock: FakeClock
  readonly services: readonly FakeService[]
  /** The first of them. */
  readonly service: FakeService
  readonly vault: Vault
  readonly settings: SettingsStore
  readonly silences: SilenceStore
  readonly faults: Faults
  /** While it hangs, no call to the ledger returns. */
  readonly disk: { hangs: boolean; refuses?: ((line: LedgerLine) => boolean) | undefined }
  readonly recorded: readonly AuditEvent[]
  readonly notified: readonly string[]
  /** Why, in the same order. */
  readonly reasons: readonly (LoginReason | null)[]
  readonly logged: readonly string[]
  readonly questions: readonly ConsentQuestion[]
  /** The user's answers to consent questions; a promise delays them. */
  readonly user: { answer: 'allow' | 'deny' | Promise<'allow' | 'deny'> }
  /** The order of ledger and audit entries: `add`, `end`, and the audit's events. */
  readonly journal: readonly string[]
  /** The tokens that a broker starting now would find in the ledger. */
  listed(): readonly string[]
  /** Logs in to the service with that index by its form. */
  newAccount(name?: string, index?: number, code?: string): Promise<Account>
  /** A client with grants for these accounts. */
  client(name: string, ...accounts: readonly Account[]): Client
  issue(client: Client, account: Account, more?: Partial<IssueRequest>): Promise<Issued>
  /** Simulates a kill: from here on it does and writes nothing. */
  crash(): void
  /** Empties `recorded` and `journal`. */
  forgetRecords(): void
  /** Runs everything that does not wait for the clock, a gate or the disk. */
  idle(): Promise<void>
}

export async function makeBroker(options: BrokerOptions = {}): Promise<TestBroker> {
  const test = prepareBroker(options)
  await test.broker.start()
  return test
}

/** Like `makeBroker`, but not started. */
export function prepareBroker(options: BrokerOptions = {}): TestBroker {
  const { after, lockWaitMs = 0, ledgerFolder } = options
  const clock = options.clock ?? after?.clock ?? new FakeClock()
  const made = options.services?.map((each) => new FakeService(clock, each))
  const services = made ?? after?.services ?? [new FakeService(clock, {})]
  const left = made ? undefined : after?.broker.providers
  const [service] = services
  if (!service) throw new Error('A broker needs a service.')
  const faults: Faults = { ledger: null, audit: null, settings: null, vault: null }
  const disk: TestBroker['disk'] = { hangs: false }
  const recorded: AuditEvent[] = []
  const notified: string[] = []
  const reasons: (LoginReason | null)[] = []
  const logged: string[] = []
  const questions: ConsentQuestion[] = []
  const journal: string[] = options.journal ?? []
  const user: TestBroker['user'] = { answer: 'deny' }
  const life = { isOver: false }
  const entries = new Map<string, string>()
  const stored = after?.settings.read()
  const realVault = after ? unbroken.get(after.vault) : undefined
  const vault = breakable(options.vault ?? realVault ?? createMemoryVault(clock), faults)
  const settings = breakableSettings(options.settings ?? createMemorySettings(stored), faults)
  const silences = after?.silences ?? createMemorySilences()
  const listed = new ListedVault(vault, itemListIn(settings))
  const ledger = ledgerFolder ? new LedgerFile(ledgerFolder, listed, clock) : createMemoryLedger()

  const note = (message: string) => logged.push(message)
  const broker = new Broker({
    providers: options.providers ?? left ?? services.map(({ provider }) => provider),
    http: options.http ?? {
      send: () => Promise.reject(new Error('The fake services need no HTTP.')),
    },
    vault: listed,
    ledgerStore: journaled(ledger, {
      ...{ journal, entries, faults, life, disk },
      isKept: !options.isMemory,
    }),
    settings,
    silences,
    audit: {
      record: async (event) => {
        // Recorded synchronously, so that it has the time of its event.
        const { at = clock.now(), accountUid, ...rest } = event
        if (rest.account !== undefined && accountUid === undefined) {
          throw new Error(`A line about an account lacks its uid: ${rest.event}`)
        }
        const line = at === clock.now() ? rest : { ...rest, at }
        await endOfTurn()
        if (life.isOver) await new Promise(() => undefined)
        if (faults.audit) throw faults.audit
        journal.push(event.event)
        recorded.push(line)
      },
    },
    consent: {
      ask: async (question) => {
        questions.push(question)
        return await user.answer
      },
    },
    notify: {
      hostSilent: (message) => notified.push(message),
      loginRequired: (account, reason) => {
        notified.push(account)
        reasons.push(reason)
      },
    },
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (ms, action) => clock.after(ms, () => life.isOver || action()),
    },
    log: options.log ?? { info: note, warn: note, error: note },
    random: () => 0.5,
    lockWaitMs,
  })

  return {
    ...{ broker, clock, services, service, vault, settings, silences, faults, disk },
    ...{ recorded, notified, reasons, logged, questions, user, journal },
    listed: () => [...entries.values()],
    async newAccount(name = 'work', index = 0, code) {
      const chosen = services[index]
      if (!chosen) throw new Error(`There is no service ${index}.`)
      const form = {
        ...{ provider: chosen.provider, name, values: { url: 'https://service.example' } },
        secrets: { password: new Secret(chosen.password) },
      }
      if (code === undefined) return await broker.logins.add(form)
      // As a user would: the code is entered once the password alone was refused. Tests count what follows.
      await refusalOf(broker.logins.add(form))
      chosen.calls.login -= 1
      return await broker.logins.add({ ...form, oneTimeCode: new Secret(code) })
    },
    client: (name, ...accounts) =>
      broker.clients.add(name, { accountUids: accounts.map(({ uid }) => uid) }).client,
    issue: (client, account, more = {}) =>
      broker.issue({ client, account, route: 'test', ...more }),
    forgetRecords: () => {
      recorded.length = 0
      journal.length = 0
    },
    crash: () => {
      life.isOver = true
    },
    idle,
  }
}

/** The token that was handed out. */
export const tokenOf = ({ lease }: Issued): string => lease.held.token.value.reveal()

/** The error a promise was rejected with; fails if it was not, or if the error is not ours. */
export async function refusalOf(refused: Promise<unknown>): Promise<TokentrayError> {
  try {
    await refused
  } catch (error) {
    if (isTokentrayError(error)) return error
    throw error
  }
  throw new Error('It was not refused.')
}

/** The code of the error a promise was rejected with. */
export const codeOf = async (refused: Promise<unknown>): Promise<ErrorCode> =>
  (await refusalOf(refused)).code

export async function idle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await endOfTurn()
}

/** Waits for pending disk work. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200_000 && !isSo(); turn += 1) await endOfTurn()
  if (!isSo()) throw new Error('It did not come to pass.')
}

const unbroken = new WeakMap<Vault, Vault>()

function breakable(vault: Vault, faults: Faults): Vault {
  const guard = async () => {
    if (faults.vault) throw faults.vault
  }
  const broken: Vault = {
    kind: vault.kind,
    get: (key) => guard().then(() => vault.get(key)),
    set: (key, secret) => guard().then(() => vault.set(key, secret)),
    delete: (key) => guard().then(() => vault.delete(key)),
    look: () => vault.look(),
    keys: () => guard().then(() => vault.keys()),
  }
  unbroken.set(broken, vault)
  return broken
}

function breakableSettings(settings: SettingsStore, faults: Faults): SettingsStore {
  return {
    notices: settings.notices,
    read: () => settings.read(),
    update(change) {
      if (faults.settings) throw faults.settings
      settings.update(change)
    },
    onDisk: () => settings.onDisk(),
    close: (of) => settings.close(of),
  }
}

interface Journal {
  readonly journal: string[]
  /** The token of each ledger entry. */
  readonly entries: Map<string, string>
  readonly faults: Faults
  readonly life: { readonly isOver: boolean }
  readonly disk: TestBroker['disk']
  readonly isKept: boolean
}

function journaled(
  store: LedgerStore,
  { journal, entries, faults, life, disk, isKept: isPersistent }: Journal,
): LedgerStore {
  return {
    load: () => store.load(),
    async append(lines: readonly LedgerLine[]) {
      await endOfTurn()
      if (life.isOver || disk.hangs) await new Promise(() => undefined)
      if (faults.ledger || lines.some((line) => disk.refuses?.(line))) {
        throw faults.ledger ?? diskFull()
      }
      await store.append(lines)
      for (const line of lines) {
        journal.push(line.op)
        if (line.op === 'add') entries.set(line.entry.id, tokenIn(line.entry))
        else entries.delete(line.id)
      }
    },
    compact: () => store.compact(),
    keys: () => store.keys(),
    get lines() {
      return store.lines
    },
    isPersistent,
    close: () => (disk.hangs ? new Promise(() => undefined) : store.close()),
  }
}

function tokenIn(entry: LedgerPayload): string {
  const parsed = parseEntry(entry)
  if (parsed?.kind === 'plan') return `a plan for ${parsed.leaseId}`
  if (parsed?.kind === 'credential') return `a credential of ${parsed.item}`
  return parsed?.token.value.reveal() ?? 'no token'
}

/** The error of a part that cannot write. */
export const diskFull = (): TokentrayError => new TokentrayError('record_unavailable')
