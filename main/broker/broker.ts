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
import { Removals } from './account/removals.ts'
import { Changes } from './changes.ts'
import { type Client, type ClientChange, Clients } from './clients.ts'
import { Bulk } from './concurrency/bulk.ts'
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
import { RetiredCredentials } from './login/retired-credentials.ts'
import type { BrokerPorts, Notify } from './ports.ts'
import { type Actor, program } from './record/actor.ts'
import { LastUses } from './record/last-uses.ts'
import { type RecordedSettings, recordSettings } from './record/recorded-settings.ts'
import { Recorder } from './record/recorder.ts'
import { recordLeaseClosed } from './record-closing.ts'
import { recordRevocation } from './record-revocation.ts'
import type { RemainingTokens } from './revocation/remaining-tokens.ts'
import { RevocationCredentials } from './revocation/revocation-credentials.ts'
import { Revoker } from './revocation/revoker.ts'
import { revokeEverything } from './revoke-everything.ts'
import { type Revoked, RevokeOnDemand } from './revoke-on-demand.ts'
import { createCalls } from './service/driver-calls.ts'
import { describeSilence, Hosts, type SilentHost } from './service/hosts.ts'
import { OngoingWork } from './service/ongoing-work.ts'
import { StartupRecovery } from './startup-recovery.ts'
import { SessionTokens } from './token-admin/session-tokens.ts'
import { TokenAdmin } from './token-admin/token-admin.ts'

/** Time that a stop may add to close the ledger. */
const CLOSE_MS = 1_500

/** The domain: accounts, sessions, leases, ledger, clients and lock; one instance for each user. */
export class Broker {
  readonly providers: readonly Provider[]
  readonly vault: WatchedVault
  readonly #listed: ListedVault
  readonly keychain: KeychainStatus
  /** Fires when anything that users can see has changed. */
  readonly changes = new Changes()
  /** On whose behalf the current work is done. */
  readonly requestContext = new RequestContext()
  readonly accounts: Accounts
  readonly clients: Clients
  readonly leases: Leases
  readonly lastUses: LastUses
  readonly revoker: Revoker
  readonly startupRecovery: StartupRecovery
  readonly sessionTokens: SessionTokens
  readonly logins: Logins
  readonly tokenAdmin: TokenAdmin
  readonly resetter: Reset
  /** Work over many accounts or tokens. */
  readonly bulk: Bulk
  /** Requested operations that are in progress. */
  readonly ongoingWork: OngoingWork
  /** Hosts that block requests for a time. */
  readonly hosts: Hosts
  readonly clock: Clock
  /** Changes made through these are recorded in the audit log. */
  readonly settings: RecordedSettings
  readonly #lock: Lock
  readonly #tokenIssuer: TokenIssuer
  readonly #revokeOnDemand: RevokeOnDemand
  readonly #leaseCloser: LeaseCloser
  readonly #ledger: Ledger
  readonly #retired: RetiredCredentials
  readonly #ticker: Ticker
  /** For events that happen before the broker is called. */
  readonly recorder: Recorder
  readonly #log: Log
  readonly #notices: string[]
  /** Aborted when a stop begins: nothing new is started. */
  readonly #stopping = new AbortController()
  /** Aborted when the stop is over: work still in progress is cancelled. */
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
    // Every call in progress listens to them; Node warns about more than ten listeners.
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
    const keychainIsAsked = () => vault.isAsked
    const ongoingWork = new OngoingWork({ findAccount, keychainIsAsked, changed })
    this.ongoingWork = ongoingWork
    const { requestContext } = this
    const calling = { http, hosts, ongoingWork, stopping, requestContext }
    const calls = createCalls({ ...ports, ...calling })
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
    this.lastUses = new LastUses(changed)
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
    const leaseCloser = new LeaseCloser({ accounts, leases, revoker, bulk, ongoingWork })
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
    const retired = new RetiredCredentials({
      ...{ accounts: this.accounts, settings, ledger, revoker, vault, clock, random, log },
    })
    this.#retired = retired
    this.startupRecovery = new StartupRecovery({
      ...{ vault, ledger, revoker, calls, clock, accounts },
      markIssued: (held) => leases.markIssued(held),
      notice: (text) => this.#notices.push(text),
      sweep: () => retired.sweep(ports.vault, ports.ledgerStore.keys()),
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
      ...{ lock: this.#lock, startupRecovery: this.startupRecovery, removals, ongoingWork },
    }
    const tokenMinter = new TokenMinter(shared)
    const leasing = {
      ...{ ...shared, tokenMinter, clients: this.clients, leases, lastUses: this.lastUses, arm },
      closeRefused: (lease: Lease) => leaseCloser.closeRefused(lease),
      recorded: () => this.recorded(),
    }
    const leaseOpener = new LeaseOpener(leasing)
    this.#tokenIssuer = new TokenIssuer({ ...leasing, leaseOpener, consent })
    this.#revokeOnDemand = new RevokeOnDemand({
      ...{ ...leasing, leaseCloser, bulk, sessionTokens: this.sessionTokens },
      recorder: this.recorder,
    })
    this.tokenAdmin = new TokenAdmin({ ...leasing, hosts, ledger, leaseOpener, leaseCloser })
    this.logins = new Logins({
      ...{ ...shared, vault, log, bulk, leaseCloser, hosts, leases },
      ...{ revocationCredentials: credentials, retiredCredentials: retired },
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

  /** Starts the timer and opens the ledger; a keychain that is not ready is retried. */
  async start(): Promise<void> {
    this.#ticker.start()
    // The failure is part of the status, and of the answer to each request that needs the ledger.
    await this.startupRecovery.opened().catch(() => undefined)
  }

  /**
   * Revokes every token that its service can revoke, within `deadlineMs` and 2 s for the disk. Returns how
   * many are left to the next start, and how many stay valid until they expire.
   */
  async stop(deadlineMs: number): Promise<RemainingTokens> {
    this.#ticker.stop()
    this.#stopping.abort()
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(deadlineMs, resolve)
      void revokeEverything(this, this.#ledger).finally(cancel).then(resolve)
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
   * Blocks tokens and logins, and drops their secrets from memory. Throws `record_unavailable` if the lock
   * could not be stored: it then holds until a restart.
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

  /** Issues a token, as `TokenIssuer.issue` does. */
  issue(request: IssueRequest): Promise<Issued> {
    this.#ticker.catchUp()
    return this.#tokenIssuer.issue(request)
  }

  /**
   * Resolves when all events are in the audit log. Never rejects: if they cannot be written, that is logged,
   * and they are written with the next event.
   */
  async recorded(): Promise<void> {
    await this.recorder.settled().catch((error: unknown) => {
      this.#log.error('what has happened is not on record', { error })
    })
  }

  /** Closes leases on demand, and records who did. */
  async closeLeases(filter: LeaseFilter, by: Actor): Promise<ClosedLease[]> {
    const ended = await this.#leaseCloser.close(filter, { by, cause: 'asked' })
    await this.recorded()
    return ended
  }

  /** Closes a lease whose token did not reach its client; a session keeps its token. */
  closeUndelivered(lease: Lease, by: Actor): void {
    this.#leaseCloser.closeUndelivered(lease, by)
  }

  /** Revokes what all tools have, of all accounts or one, as `RevokeOnDemand.all` does. */
  revokeAll(filter: Pick<LeaseFilter, 'accountUid'>, by: Actor): Promise<Revoked> {
    return this.#revokeOnDemand.all(filter, by)
  }

  /** Revokes what a client has, as `RevokeOnDemand.ofClient` does. */
  revokeOfClient(client: Client, by: Actor): Promise<Revoked> {
    return this.#revokeOnDemand.ofClient(client, by)
  }

  /** Removes a client, as `RevokeOnDemand.removeClient` does. */
  removeClient(client: Client, by: Actor = program): Promise<Revoked> {
    return this.#revokeOnDemand.removeClient(client, by)
  }

  /** Changes a client, as `RevokeOnDemand.changeClient` does. */
  changeClient(client: Client, change: ClientChange, by: Actor = program): Promise<Revoked> {
    return this.#revokeOnDemand.changeClient(client, change, by)
  }

  /** Changes an account as `changeAccount` does, and returns it with the changes. */
  changeAccount({ uid }: Account, change: AccountChange, by: Actor = program): Account {
    const { accounts } = this
    changeAccount(accounts.getByUid(uid), change, { accounts, leaseCloser: this.#leaseCloser, by })
    return accounts.getByUid(uid)
  }

  /** Deletes everything except tokens that still have to be revoked; see `Reset` for its errors. */
  reset(by: Actor = program): Promise<void> {
    return this.resetter.run(by)
  }

  #tick(isDue: boolean): number {
    const { accounts, revoker, startupRecovery, leases, hosts } = this
    this.#leaseCloser.closeExpired()
    // Retried here, so that a keychain that becomes ready later is used without a request.
    startupRecovery.opened().then(
      () => startupRecovery.reportDone(),
      () => undefined,
    )
    // Not while it is locked or failing: that could open a keychain prompt without a request.
    if (!this.vault.failure) void this.#listed.retry()
    if (!this.vault.failure) void this.#retired.retry()
    const idle = this.#lock.locked || !startupRecovery.isOpen
    const sessions = idle ? [] : accounts.all().map(({ session }) => session.tick())
    // Not while the keychain is locked, for the same reason.
    const canStore = startupRecovery.isOpen && this.vault.failure?.code !== 'vault_locked'
    const storing = canStore ? accounts.retryCredentials() : Number.POSITIVE_INFINITY
    const ends = [revoker.tick(), leases.nextExpiry(), hosts.nextEnd(), storing]
    const next = Math.min(...ends, ...sessions)
    // Some visible state changes with time alone, such as a blocked host, but only at a deadline.
    if (isDue) this.changes.tell()
    const hasLines = this.#ledger.all().length + this.#ledger.credentials.all().length > 0
    const hasLeft = this.#listed.hasLeft || this.#retired.hasLeft
    const hasWork = hasLines || hasLeft || !startupRecovery.isOpen
    return hasWork ? Math.min(next, FAR) : next
  }

  /** Notifies and records; the host stays blocked even if it cannot be recorded. */
  #tellSilent(silent: SilentHost, notify: Notify): void {
    const { host, until, sentence } = silent
    notify.hostSilent(describeSilence(silent, this.clock.now()))
    this.changes.tell()
    this.#ticker.arm(until)
    const { route } = program
    this.recorder.note({ event: 'host_silent', host, endsAt: until, reason: sentence, route })
  }
}
