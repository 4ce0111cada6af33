import { setMaxListeners } from 'node:events'
import { withDeadline } from '../base/async/deadline.ts'
import { RequestContext } from '../base/async/request-context.ts'
import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Provider } from '../providers/provider.ts'
import type { ListedVault } from '../vault/listed-vault.ts'
import { WatchedVault } from '../vault/watched-vault.ts'
import { type Account, Accounts } from './account/accounts.ts'
import { sweepItems } from './account/keychain-items.ts'
import { Removals } from './account/removals.ts'
import { Changes } from './changes.ts'
import { type Client, Clients } from './clients.ts'
import { Bulk, type Step } from './concurrency/bulk.ts'
import { FAR, Ticker } from './concurrency/ticker.ts'
import { KeychainStatus } from './keychain-status.ts'
import { type AccountChange, changeAccount } from './lease/lease-change.ts'
import { type ClosedLease, LeaseCloser } from './lease/lease-closer.ts'
import { LeaseOpener } from './lease/lease-opener.ts'
import { type Lease, type LeaseFilter, Leases } from './lease/leases.ts'
import { type Issued, type IssueRequest, TokenIssuer } from './lease/token-issuer.ts'
import { TokenMinter } from './lease/token-minter.ts'
import { Ledger } from './ledger/ledger.ts'
import { Lock } from './lock.ts'
import { Logins } from './login/logins.ts'
import { Reset } from './login/reset.ts'
import type { BrokerPorts, Notify } from './ports.ts'
import { type Actor, program } from './record/actor.ts'
import { type RecordedSettings, recordSettings } from './record/recorded-settings.ts'
import { Recorder } from './record/recorder.ts'
import { recordLeaseClosed, recordSessionRevoked } from './record-closing.ts'
import { recordRevocation } from './record-revocation.ts'
import type { RemainingTokens } from './revocation/remaining-tokens.ts'
import { RevocationCredentials } from './revocation/revocation-credentials.ts'
import { Revoker } from './revocation/revoker.ts'
import { Deeds } from './service/deeds.ts'
import { createCalls } from './service/driver-calls.ts'
import { describeSilence, Hosts, type SilentHost } from './service/hosts.ts'
import { StartupRecovery } from './startup-recovery.ts'
import { type RevokedSession, SessionTokens } from './token-admin/session-tokens.ts'
import { TokenAdmin } from './token-admin/token-admin.ts'

/** How much longer a stop may take because of the disk. */
const CLOSE_MS = 1_500

/** The domain: accounts, sessions, leases, ledger, clients, lock; one of these for each user. */
export class Broker {
  readonly providers: readonly Provider[]
  readonly vault: WatchedVault
  readonly #listed: ListedVault
  readonly keychain: KeychainStatus
  /** Told when anything has changed that a person is shown. */
  readonly changes = new Changes()
  /** For whom the work is done that is going on. */
  readonly requestContext = new RequestContext()
  readonly accounts: Accounts
  readonly clients: Clients
  readonly leases: Leases
  readonly revoker: Revoker
  readonly startupRecovery: StartupRecovery
  readonly sessionTokens: SessionTokens
  readonly logins: Logins
  readonly tokenAdmin: TokenAdmin
  readonly resetter: Reset
  /** Work over many accounts or tokens. */
  readonly bulk: Bulk
  /** What was asked for and is under way. */
  readonly deeds: Deeds
  /** Those that want to be left alone. */
  readonly hosts: Hosts
  readonly clock: Clock
  /** Whatever is changed by these is recorded. */
  readonly settings: RecordedSettings
  readonly #lock: Lock
  readonly #tokenIssuer: TokenIssuer
  readonly #leaseCloser: LeaseCloser
  readonly #ledger: Ledger
  readonly #ticker: Ticker
  /** For what happens before the broker is asked. */
  readonly recorder: Recorder
  readonly #log: Log
  readonly #notices: string[]
  /** A stop has begun: nothing new is. */
  readonly #stopping = new AbortController()
  /** The stop is over: what is still under way is broken off. */
  readonly #stopped = new AbortController()

  constructor(ports: BrokerPorts) {
    const { clock, log, random, consent, notify } = ports
    const audit = new Recorder(ports)
    const changed = () => this.changes.tell()
    const [removals, bulk] = [new Removals(), new Bulk(changed)]
    const settings = recordSettings(ports.settings, { recorder: audit, clock, changed, removals })
    this.settings = settings
    this.bulk = bulk
    const vault = new WatchedVault(bulk.guardVault(ports.vault), clock, changed)
    const [stopping, stopped] = [this.#stopping.signal, this.#stopped.signal]
    // Every call under way listens to them; Node warns of more than ten.
    setMaxListeners(0, stopping, stopped)
    const hosts = new Hosts({
      ...{ clock, log, store: ports.silences },
      onSilent: (silent) => this.#tellSilent(silent, notify),
      onLifted: () => {
        revoker.resume()
        changed()
      },
    })
    this.hosts = hosts
    const http = bulk.guardHttp(ports.http)
    const accounts = () => this.accounts
    const findAccount = (uid: string) => this.accounts.byUid(uid)
    const deeds = new Deeds({ findAccount, keychainIsAsked: () => vault.isAsked, changed })
    this.deeds = deeds
    const calls = createCalls({
      ...ports,
      http,
      hosts,
      deeds,
      stopping,
      requestContext: this.requestContext,
    })
    const arm = (deadline: number) => this.#ticker.arm(deadline)
    this.providers = ports.providers
    this.vault = vault
    this.#listed = ports.vault
    this.clock = clock
    this.recorder = audit
    this.#log = log
    this.#notices = [...settings.notices]
    const ledger = new Ledger(ports.ledgerStore, clock, () => this.#ticker.wake())
    this.#ledger = ledger
    this.#lock = new Lock({ settings, clock, waitMs: ports.lockWaitMs })
    this.clients = new Clients(settings, clock)
    this.leases = new Leases(clock, {
      changed,
      closed: (lease, closing) => {
        const { accounts, clients } = this
        audit.note(recordLeaseClosed(lease, closing, { accounts, clients }))
      },
    })
    const credentials = new RevocationCredentials({
      ...{ findAccount, ledger, calls, clock },
      isRevoking: ({ id }) => revoker.isRevoking(id),
    })
    const revoker = new Revoker({
      ...{ ledger, calls, clock, log, random, credentials, arm, changed },
      onEvent: (item, turn) => {
        this.startupRecovery.countOutcome(item, turn)
        const { accounts, clients, startupRecovery } = this
        recordRevocation(item, turn, { accounts, clients, startupRecovery, recorder: audit })
      },
    })
    this.revoker = revoker
    const { leases } = this
    const leaseCloser = new LeaseCloser({ accounts, leases, revoker, bulk, deeds })
    this.#leaseCloser = leaseCloser
    this.sessionTokens = new SessionTokens({ accounts, leases, ledger, revoker })
    this.accounts = new Accounts({
      ...{ settings, vault, calls, ledger, revoker, notify, log },
      ...{ clock, random, stopping, stopped },
      isLocked: () => this.#lock.locked,
      changed,
      onReplaced: (held) => leaseCloser.revokeUnused(held),
      onEnded: (held) => leaseCloser.closeRevoked(held),
    })
    this.startupRecovery = new StartupRecovery({
      ...{ vault, ledger, revoker, clock, accounts },
      markIssued: (held) => leases.markIssued(held),
      notice: (text) => this.#notices.push(text),
      sweep: () => void sweepItems(ports.vault, settings.read(), ports.ledgerStore.keys()),
      onOpened: () => {
        changed()
        arm(clock.now())
      },
      onDone: ({ revoked, expired, untilExpiry }) =>
        log.info('recovery done', { revoked, expired, valid_until_expiry: untilExpiry }),
    })
    this.keychain = new KeychainStatus({ vault, startupRecovery: this.startupRecovery, clock })
    const shared = {
      ...{ accounts: this.accounts, ledger, revoker, calls, audit, clock, stopping, stopped },
      ...{ lock: this.#lock, startupRecovery: this.startupRecovery, removals, deeds },
    }
    const tokenMinter = new TokenMinter(shared)
    const leasing = {
      ...{ ...shared, tokenMinter, clients: this.clients, leases, arm },
      closeRefused: (lease: Lease) => leaseCloser.closeRefused(lease),
      recorded: () => this.recorded(),
    }
    const leaseOpener = new LeaseOpener(leasing)
    this.#tokenIssuer = new TokenIssuer({ ...leasing, leaseOpener, consent })
    this.tokenAdmin = new TokenAdmin({ ...leasing, hosts, ledger, leaseOpener, leaseCloser })
    this.logins = new Logins({
      ...{
        ...shared,
        vault,
        log,
        bulk,
        leaseCloser,
        revocationCredentials: credentials,
        hosts,
        leases,
      },
      preferences: () => settings.read().preferences,
    })
    this.resetter = new Reset({ ...shared, logins: this.logins, vault, settings })
    this.#ticker = new Ticker(clock, {
      tick: (isDue) => this.#tick(isDue),
      jumped: () => {
        for (const { session } of this.accounts.all()) session.tokenChecks.markAllUnknown()
      },
      failed: (error) => log.error('a tick failed', { error }),
    })
    this.changes.on(() => this.#ticker.wake())
  }

  /** Starts the timer and opens the records; a keychain that is not ready is tried again. */
  async start(): Promise<void> {
    this.#ticker.start()
    // Its failure is part of the status, and of the answer to whoever needs the records.
    await this.startupRecovery.opened().catch(() => undefined)
  }

  /**
   * Ends every token that its service can end, within `deadlineMs` and 2 s for the disk. Returns how
   * many are left for the next start, and how many live until they expire.
   */
  async stop(deadlineMs: number): Promise<RemainingTokens> {
    this.#ticker.stop()
    this.#stopping.abort()
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(deadlineMs, resolve)
      void this.#revokeEverything().finally(cancel).then(resolve)
    })
    this.#stopped.abort()
    this.revoker.stop()
    const left = this.revoker.remaining()
    await this.recorded()
    await withDeadline(this.#ledger.close(), {
      ...{ clock: this.clock, ms: CLOSE_MS },
      late: () => new TokentrayError('record_unavailable', 'The ledger could not be closed.'),
    }).catch((error: unknown) => this.#log.error('the ledger was left open', { error }))
    return left
  }

  get locked(): boolean {
    return this.#lock.locked
  }

  get notices(): readonly string[] {
    return [...this.#notices, ...this.accounts.credentialNotices]
  }

  /**
   * Stops hand-outs and logins, and forgets what only they need; throws `record_unavailable` if it
   * has done so and a restart would undo it.
   */
  lock(by: Actor = program, reason?: string): void {
    try {
      this.#lock.lock(by, reason)
    } finally {
      for (const { session } of this.accounts.all()) session.lock()
      this.changes.tell()
    }
  }

  unlock(by: Actor = program): void {
    this.#lock.unlock(by)
    for (const { session } of this.accounts.all()) session.unlock()
  }

  /** Hands out a token, or rejects; `IssueRequest` and `Issued` say what goes in and comes out. */
  issue(request: IssueRequest): Promise<Issued> {
    this.#ticker.catchUp()
    return this.#tokenIssuer.issue(request)
  }

  /**
   * Resolves when all that has happened is on record, or could not be written, which the log says; it
   * is written with the next line then. Never rejects.
   */
  async recorded(): Promise<void> {
    await this.recorder.settled().catch((error: unknown) => {
      this.#log.error('what has happened is not on record', { error })
    })
  }

  /** Ends leases on demand, and records who did. */
  async closeLeases(filter: LeaseFilter, by: Actor): Promise<ClosedLease[]> {
    const ended = await this.#leaseCloser.close(filter, { by, cause: 'asked' })
    await this.recorded()
    return ended
  }

  /** Ends the lease of somebody whom its token did not reach; a session keeps its own. */
  closeUndelivered(lease: Lease, by: Actor): void {
    this.#leaseCloser.closeUndelivered(lease, by)
  }

  /**
   * Ends all leases, or those of an account, and the session tokens that a tool may have though no
   * lease is open on them; records who did.
   */
  async revokeAll(
    filter: Pick<LeaseFilter, 'accountUid'>,
    by: Actor,
  ): Promise<{ readonly leases: ClosedLease[]; readonly sessions: RevokedSession[] }> {
    // What has a lease now is ended with it.
    const issued = this.sessionTokens.issued(filter.accountUid)
    const open = this.leases.list(filter)
    const uids = [...open, ...issued].map(({ accountUid }) => accountUid)
    const work = async (step: Step) => ({
      leases: await this.#leaseCloser.closeAll(open, { by, cause: 'asked', step }),
      sessions: await this.sessionTokens.revoke(issued, step),
    })
    const { leases, sessions } = await this.deeds.run('revocation', uids, () =>
      this.bulk.run('revoke', uids.length, work),
    )
    this.recorder.note(
      ...sessions.map((ended) => recordSessionRevoked(ended, by, this.startupRecovery)),
    )
    await this.recorded()
    return { leases, sessions }
  }

  /** Ends a client's leases and forgets it with its grants. */
  async removeClient(client: Client, by: Actor = program): Promise<ClosedLease[]> {
    this.clients.remove(client, by)
    const closing = { by, cause: 'client_removed' } as const
    const ended = await this.#leaseCloser.close({ client: client.id }, closing)
    await this.recorded()
    return ended
  }

  /** Changes an account as `changeAccount` says, and gives it as it is then. */
  changeAccount({ uid }: Account, change: AccountChange, by: Actor = program): Account {
    const { accounts } = this
    changeAccount(accounts.getByUid(uid), change, { accounts, leaseCloser: this.#leaseCloser, by })
    return accounts.getByUid(uid)
  }

  /** Forgets everything but what still has to be ended; `Resetting` says what fails, and how. */
  reset(by: Actor = program): Promise<void> {
    return this.resetter.run(by)
  }

  #tick(isDue: boolean): number {
    const { accounts, revoker, startupRecovery, leases, hosts } = this
    this.#leaseCloser.closeExpired()
    // Tried again here, so that a keychain that comes late is found without anybody asking.
    startupRecovery.opened().then(
      () => startupRecovery.reportDone(),
      () => undefined,
    )
    // Not while it is locked or failing: what could be asked then is a prompt that nobody waits for.
    if (!this.vault.failure) void this.#listed.retry()
    const idle = this.#lock.locked || !startupRecovery.isOpen
    const sessions = idle ? [] : accounts.all().map(({ session }) => session.tick())
    // Not while the keychain is locked, for the same reason.
    const canStore = startupRecovery.isOpen && this.vault.failure?.code !== 'vault_locked'
    const storing = canStore ? accounts.retryCredentials() : Number.POSITIVE_INFINITY
    const ends = [revoker.tick(), leases.nextExpiry(), hosts.nextEnd(), storing]
    const next = Math.min(...ends, ...sessions)
    // Time alone changes some of what is shown, as that a host is left alone: at a deadline only.
    if (isDue) this.changes.tell()
    const hasLines = this.#ledger.all().length + this.#ledger.credentials.all().length > 0
    const hasWork = hasLines || this.#listed.hasLeft || !startupRecovery.isOpen
    return hasWork ? Math.min(next, FAR) : next
  }

  /** Recorded or not, the host is left alone. */
  #tellSilent(silent: SilentHost, notify: Notify): void {
    const { host, until, sentence } = silent
    notify.hostSilent(describeSilence(silent, this.clock.now()))
    this.changes.tell()
    this.#ticker.arm(until)
    const { route } = program
    this.recorder.note({ event: 'host_silent', host, endsAt: until, reason: sentence, route })
  }

  /** All at once, because a stop has a deadline, and what it does not reach is left for the next start. */
  async #revokeEverything(): Promise<void> {
    const accounts = this.accounts.all()
    for (const { session } of accounts) session.close()
    this.leases.close(this.leases.list(), { by: program, cause: 'stopped' })
    const before = this.#ledger.all()
    await Promise.all([
      this.revoker.revokeAll(before, 'user'),
      // What is under way ends its own tokens when it comes back and finds the session closed.
      this.logins.settled(),
      ...accounts.map(({ session }) => session.settled()),
      ...accounts.map(({ mintQueue }) => mintQueue.run(async () => undefined)),
    ])
    // What came back in the meantime is being ended by whoever had asked for it.
    const late = this.#ledger.all().filter((item) => !before.includes(item))
    await this.revoker.revokeAll(late, 'user')
  }
}
