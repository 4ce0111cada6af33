import { setMaxListeners } from 'node:events'
import { Queue } from '../../base/async/queue.ts'
import type { Clock } from '../../base/clock.ts'
import { isTokentrayError, type TokentrayError, toTokentrayError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { AccessToken } from '../../providers/provider.ts'
import { Backoff, type Caller } from '../concurrency/backoff.ts'
import { SingleFlight } from '../concurrency/single-flight.ts'
import {
  type HeldToken,
  isToken,
  type Ledger,
  type LedgerItem,
  type Reservation,
  type TokenOwner,
} from '../ledger/ledger.ts'
import type { Calls } from '../service/driver-calls.ts'
import {
  callDriver,
  type DriverCall,
  isRevocable,
  isRevocableByToken,
  needsSession,
  whyNotRevoked,
} from './call-driver.ts'
import type { RemainingTokens } from './remaining-tokens.ts'
import type { RevocationCredentials } from './revocation-credentials.ts'
import { inRevocationOrder } from './revocation-order.ts'
import {
  obstacleOf,
  type RevocationEvent,
  type RevocationOutcome,
  reasonOf,
} from './revocation-status.ts'
import { type PendingRevocation, RevocationTracker } from './revocation-tracker.ts'

/** How the revocations of one account are sent to its service. */
type Lane = { readonly queue: Queue; readonly backoff: Backoff }

interface RevokerPorts {
  readonly ledger: Ledger
  readonly calls: Calls
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  /** For tokens that are not revoked by themselves. */
  readonly credentials: Pick<
    RevocationCredentials,
    | 'find'
    | 'forget'
    | 'reachableValues'
    | 'missingReason'
    | 'loginErrorFor'
    | 'isLastResort'
    | 'survivesRestart'
  >
  readonly changed: () => void
  /** Requests a tick at this time, epoch milliseconds. */
  readonly arm: (deadline: number) => void
  /** Receives every change in the state of a token, for the audit record. */
  readonly onEvent: (item: LedgerItem, turn: RevocationEvent) => void
}

/** Expired tokens stay listed for so long, because the clock of a service may be behind ours. */
const EXPIRY_MARGIN_MS = 60_000
/** Longer than a request for a token can be under way. */
const RESERVATION_SETTLES_MS = 300_000
/** A login, or the revocation of the other tokens, triggers the retry; these are a fallback. */
const LOGIN_PAUSE_MS = 3_600_000
const OTHERS_PAUSE_MS = 60_000
/** Few at a time, because services limit connections. */
const LANE_WIDTH = 4

/**
 * Revokes tokens at their services, and retries until that succeeds: a token leaves the ledger only when
 * its service has confirmed the revocation or it has expired. `tracker` has the state of each.
 */
export class Revoker {
  readonly tracker: RevocationTracker
  readonly #ports: RevokerPorts
  /** By account, so that a service that does not respond holds up no other. */
  readonly #lanes = new Map<string, Lane>()
  readonly #flights = new SingleFlight<string, RevocationOutcome>()
  readonly #stopped = new AbortController()

  constructor(ports: RevokerPorts) {
    this.#ports = ports
    this.tracker = new RevocationTracker(
      ports.ledger,
      () => new Backoff(ports.clock, ports.random),
      (item) => this.#staysListed(item),
    )
    // Every call under way adds a listener; Node warns of more than ten.
    setMaxListeners(0, this.#stopped.signal)
  }

  /**
   * Attempts a revocation now, unless the service is in backoff. A failed one is `pending` and is retried
   * automatically. Never rejects; `tracker` has the reason.
   */
  async revoke(item: LedgerItem, caller: Caller = 'user'): Promise<RevocationOutcome> {
    const { ledger, calls, credentials, changed } = this.#ports
    if (!ledger.get(item.id)) return 'ended'
    const driver = calls.driverOf(item)
    if (!driver || !isRevocable(item, driver)) return this.#giveUp(item)
    // Tracked from here on, so that a token still counts as valid if a stop interrupts this.
    const pending = this.tracker.add(item)
    ledger.markReleased(item)
    changed()
    const lane = this.#laneOf(item.accountUid)
    return this.#flights.run(item.id, async () => {
      pending.isNeeded = this.#isNeeded(item)
      if (pending.isNeeded) return this.#waitForOthers(pending)
      const unwelcome = lane.backoff.refusal(caller)
      if (unwelcome) return this.#postpone(pending, unwelcome)
      try {
        // Before its turn, so that a session that has to log in does not hold up the others.
        const session = this.needsSession(item) ? await credentials.find(item) : null
        const call = { item, driver, revocationSession: session, credentials }
        return await lane.queue.run(() => this.#attempt(pending, call, lane.backoff, caller))
      } catch (error) {
        return this.#fail(pending, error)
      }
    })
  }

  /**
   * Writes a new token to the ledger, in place of its reservation where there is one. Must precede every
   * use: a token that cannot be written is revoked like any other, and this rejects with `record_unavailable`.
   */
  async record(
    owner: TokenOwner,
    token: AccessToken,
    plan?: Reservation | null,
  ): Promise<HeldToken> {
    const { ledger } = this.#ports
    const held = plan ? ledger.complete(plan, owner.values, token) : ledger.add(owner, token)
    if (plan) this.tracker.forget(plan)
    try {
      await ledger.write(held)
      return held
    } catch (error) {
      // A known token that the service gave again is in use: only the credential is not on disk.
      if (ledger.isWritten(held)) throw error
      // Not awaited: the revocation may be queued behind a login that awaits this.
      void this.revoke(held.kind === 'session' ? ledger.markTrial(held) : held)
      throw error
    }
  }

  /** Revokes tokens in the order that sessions need; resolves after one attempt for each. */
  async revokeAll(items: readonly LedgerItem[], caller: Caller): Promise<void> {
    const placeOf = (item: LedgerItem) => ({
      ...{ accountUid: item.accountUid, needsSession: this.needsSession(item) },
    })
    await inRevocationOrder(items, placeOf, (item) => this.revoke(item, caller))
  }

  /** Called after a login: retries the tokens of the account that are pending or were given up. */
  retryAccount(accountUid: string): void {
    const tokens = [...this.tracker.all(), ...this.tracker.outstanding(accountUid)]
    const own = tokens.flatMap(({ item }) => (item.accountUid === accountUid ? [item] : []))
    void this.revokeAll([...new Set(own)], 'background')
  }

  /** True if the account's credential or session token is needed for the revocation. */
  needsSession(item: LedgerItem): boolean {
    const driver = this.#ports.calls.driverOf(item)
    return driver !== undefined && needsSession(item, driver)
  }

  /** What has to be revoked before the account's session and credential are deleted. */
  needingSession(accountUid: string): readonly LedgerItem[] {
    return this.#ports.ledger.ofAccount(accountUid).filter((item) => this.needsSession(item))
  }

  /** False for a token that is valid until it expires. */
  isRevocable(item: LedgerItem): boolean {
    const driver = this.#ports.calls.driverOf(item)
    return driver !== undefined && isRevocable(item, driver)
  }

  /** True while the service is being called. */
  isRevoking(id: string): boolean {
    const pending = this.tracker.find(id)
    return pending !== undefined && pending.backoff.retryAt === null && !pending.isNeeded
  }

  /** The tokens that are still valid at the end of a run. */
  remaining(): RemainingTokens {
    return this.tracker.remaining((item) => this.#survivesRestart(item))
  }

  /** Called when a token was revoked by other means. */
  markRevoked(item: LedgerItem): void {
    if (!this.#ports.ledger.get(item.id)) return
    if (isToken(item)) this.#ports.onEvent(item, { kind: 'revoked' })
    this.#remove(item)
  }

  /** Retries what is due and removes what has expired. Returns the next deadline, epoch milliseconds. */
  tick(): number {
    const { clock, ledger } = this.#ports
    let next = Number.POSITIVE_INFINITY
    for (const item of ledger.all()) {
      // A wall clock that was set forward expires nothing at the service.
      if (item.validity.longestRemainingMs < -EXPIRY_MARGIN_MS) this.#expire(item)
      next = Math.min(next, clock.now() + item.validity.untilNext(EXPIRY_MARGIN_MS))
    }
    for (const { item, backoff } of this.tracker.all()) {
      const { retryAt } = backoff
      if (retryAt !== null && retryAt <= clock.now()) void this.revoke(item, 'background')
      else if (retryAt !== null) next = Math.min(next, retryAt)
    }
    return next
  }

  /** Called when a host accepts requests again: retries what it has held up. */
  resume(): void {
    const { clock, arm } = this.#ports
    for (const { backoff, obstacle } of this.tracker.all()) {
      if (obstacle?.silentHost && backoff.retryAt !== null) backoff.pauseUntil(clock.now())
    }
    arm(clock.now())
  }

  /** Cancels the calls under way. */
  stop(): void {
    this.#stopped.abort()
  }

  async #attempt(
    pending: PendingRevocation,
    call: Omit<DriverCall, 'context'>,
    backoff: Backoff,
    caller: Caller,
  ): Promise<RevocationOutcome> {
    const { item } = pending
    // It may have expired or been revoked while this was queued.
    if (!this.#ports.ledger.get(item.id)) return 'ended'
    pending.backoff.tried()
    const unwelcome = backoff.refusal(caller)
    if (unwelcome) return this.#postpone(pending, unwelcome)
    const { signal } = this.#stopped
    const context = this.#ports.calls.context(item.provider, 'logout', signal)
    const answer = await backoff.run(() => callDriver({ ...call, context }))
    if (answer === 'not_supported') return this.#giveUp(item)
    if (!pending.isRecheck) this.#ports.onEvent(item, { kind: 'revoked' })
    const ageMs = this.#ports.clock.now() - item.addedAt
    // A request for a reserved token may still be under way to its service.
    if (item.kind !== 'plan' || ageMs >= RESERVATION_SETTLES_MS) this.#remove(item)
    else this.#recheckLater(pending)
    return 'ended'
  }

  #recheckLater(pending: PendingRevocation): void {
    const { arm, ledger, log } = this.#ports
    pending.isRecheck = true
    pending.isRecorded = true
    arm(pending.backoff.pauseUntil(pending.item.addedAt + RESERVATION_SETTLES_MS))
    this.#ports.changed()
    if (pending.item.kind !== 'plan') return
    ledger.noteRevoked(pending.item).catch((error: unknown) => {
      log.warn('the ledger could not be updated after a revocation by lease id', { error })
    })
  }

  #fail(pending: PendingRevocation, error: unknown): RevocationOutcome {
    // Nothing was sent, so this is no failure.
    if (isTokentrayError(error) && error.silentHost !== undefined) {
      return this.#postpone(pending, error)
    }
    pending.backoff.failed()
    const { code } = toTokentrayError(error)
    const { provider, account } = pending.item
    const about = { provider, code, ...(account !== undefined && { account }) }
    this.#ports.log.warn('a token could not be revoked yet', about)
    return this.#postpone(pending, isTokentrayError(error) ? error : null)
  }

  #postpone(pending: PendingRevocation, error: TokentrayError | null): RevocationOutcome {
    pending.obstacle = error
    const obstacle = error && obstacleOf(error)
    if (obstacle?.waitsFor === 'login') this.#pause(pending, LOGIN_PAUSE_MS)
    else this.#ports.arm(pending.backoff.pause(error?.retryAt))
    this.#recordPending(pending, reasonOf(error))
    this.#write(pending.item)
    return 'pending'
  }

  /** Until the tokens are revoked that need it. */
  #waitForOthers(pending: PendingRevocation): RevocationOutcome {
    const status = this.tracker.statusOf(pending.item)
    this.#recordPending(pending, status?.outcome === 'pending' ? { why: status.why } : {})
    return this.#pause(pending, OTHERS_PAUSE_MS)
  }

  #recordPending(pending: PendingRevocation, because: Omit<RevocationEvent, 'kind'>): void {
    if (!pending.isRecorded) this.#ports.onEvent(pending.item, { kind: 'waiting', ...because })
    pending.isRecorded = true
    this.#ports.changed()
  }

  #pause(pending: PendingRevocation, ms: number): RevocationOutcome {
    this.#ports.arm(pending.backoff.pauseUntil(this.#ports.clock.now() + ms))
    return 'pending'
  }

  /** A valid token that could not be recorded before must not be lost. */
  #write(item: LedgerItem): void {
    const { ledger, log } = this.#ports
    ledger.write(item).catch((error: unknown) => {
      log.warn('a token that could not be revoked yet is not in the ledger', { error })
    })
  }

  /** A session token and the credential are revoked last if the others cannot be revoked without them. */
  #isNeeded(item: LedgerItem): boolean {
    if (item.kind !== 'session' && item.kind !== 'credential') return false
    const needs = ({ item: other }: PendingRevocation) =>
      other.accountUid === item.accountUid &&
      this.needsSession(other) &&
      (item.kind === 'credential' || this.#ports.calls.driverOf(other)?.mintsFrom === 'session')
    if (!this.tracker.all().some(needs)) return false
    return item.kind === 'credential' || this.#ports.credentials.isLastResort(item)
  }

  #staysListed(item: LedgerItem): boolean {
    const driver = this.#ports.calls.driverOf(item)
    return driver?.listsExpired === true && needsSession(item, driver)
  }

  #survivesRestart(item: LedgerItem): boolean {
    const driver = this.#ports.calls.driverOf(item)
    if (!driver || !isRevocable(item, driver) || !this.#ports.ledger.isPersistent) return false
    return isRevocableByToken(item, driver) || this.#ports.credentials.survivesRestart(item)
  }

  #laneOf(accountUid: string): Lane {
    const { clock, random } = this.#ports
    const fresh = { queue: new Queue(LANE_WIDTH), backoff: new Backoff(clock, random) }
    const lane = this.#lanes.get(accountUid) ?? fresh
    this.#lanes.set(accountUid, lane)
    return lane
  }

  /** It cannot be revoked now. An expired token that is still listed waits for a login, or is given up. */
  #giveUp(item: LedgerItem): RevocationOutcome {
    const { onEvent, changed, credentials, calls } = this.#ports
    const pending = this.tracker.find(item.id)
    const why = whyNotRevoked(item, calls.provider(item.provider), credentials)
    const isOver = item.validity.remainingMs <= 0 && this.#staysListed(item)
    const login = isOver ? credentials.loginErrorFor(item) : null
    if (pending && login) return this.#postpone(pending, login)
    if (pending?.isRecheck || isOver) {
      if (isOver) onEvent(item, { kind: 'given_up', why })
      this.#remove(item)
      return 'ended'
    }
    if (this.tracker.giveUp(item, why)) onEvent(item, { kind: 'left', why })
    changed()
    this.#write(item)
    this.#retryNeeded(item.accountUid)
    return 'until_expiry'
  }

  #expire(item: LedgerItem): void {
    const isLook = this.tracker.find(item.id)?.isRecheck === true
    if (this.#staysListed(item) && !isLook) {
      // Only now is it known that the service still lists it.
      if (this.tracker.isGivenUp(item)) void this.revoke(item, 'background')
      return
    }
    if (!isLook) this.#ports.onEvent(item, { kind: 'expired' })
    this.#remove(item)
  }

  #remove(item: LedgerItem): void {
    const { credentials, ledger, changed, log } = this.#ports
    this.tracker.forget(item)
    changed()
    if (this.needingSession(item.accountUid).every(({ id }) => id === item.id)) {
      credentials.forget(item.accountUid)
    }
    ledger.remove(item.id).catch((error: unknown) => {
      log.warn('a revoked token stays in the ledger until the next start', { error })
    })
    this.#retryNeeded(item.accountUid)
  }

  /** A session token that was kept for other revocations may no longer be needed. */
  #retryNeeded(accountUid: string): void {
    for (const { item, isNeeded } of this.tracker.all()) {
      if (isNeeded && item.accountUid === accountUid && !this.#isNeeded(item)) {
        void this.revoke(item, 'background')
      }
    }
  }
}
