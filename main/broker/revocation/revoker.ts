import { setMaxListeners } from 'node:events'
import { Queue } from '../../base/async/queue.ts'
import type { Clock } from '../../base/clock.ts'
import { isTokentrayError, type TokentrayError, toTokentrayError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { Driver } from '../../providers/provider.ts'
import { Backoff } from '../concurrency/backoff.ts'
import { SingleFlight } from '../concurrency/single-flight.ts'
import { type Caller, Throttle } from '../concurrency/throttle.ts'
import { isToken, type Ledger, type LedgerItem } from '../ledger/ledger.ts'
import type { Calls } from '../service/driver-calls.ts'
import { callDriver } from './call-driver.ts'
import { isRevocable, isRevocableByToken, needsSession } from './endable.ts'
import type { RemainingTokens } from './remaining-tokens.ts'
import type { RevocationCredentials, RevocationSession } from './revocation-credentials.ts'
import { inRevocationOrder } from './revocation-order.ts'
import {
  BY_ANOTHER_VERSION,
  obstacleOf,
  type RevocationEvent,
  type RevocationOutcome,
  reasonOf,
} from './revocation-status.ts'
import { type PendingRevocation, RevocationTracker } from './revocation-tracker.ts'

interface Attempt {
  readonly waiting: PendingRevocation
  readonly driver: Driver
  readonly session: RevocationSession | null
}

/** How the tokens of one account go to their service. */
interface Lane {
  readonly queue: Queue
  readonly throttle: Throttle
}

interface RevokerPorts {
  readonly ledger: Ledger
  readonly calls: Calls
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  /** With what the tokens of an account's leases can be ended. */
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
  /** Called when a retry has to happen at this moment. */
  readonly arm: (deadline: number) => void
  /** Told what became of each token, for the record. */
  readonly onEvent: (item: LedgerItem, turn: RevocationEvent) => void
}

/** A service may lag behind our clock; until then its expired tokens stay on the list. */
const EXPIRY_MARGIN_MS = 60_000
/** Longer than a question may be under way that makes a token. */
const RESERVATION_SETTLES_MS = 300_000
/** What waits for a person, or for other tokens, is told when that has come; this is in case. */
const LOGIN_PAUSE_MS = 3_600_000
const OTHERS_PAUSE_MS = 60_000
/** A few at a time, so that a service with a connection limit is not flooded. */
const LANE_WIDTH = 4

/**
 * Ends tokens at their services, and tries until it has succeeded: a token leaves the ledger only
 * when its service said that it is gone, or when it has expired. What becomes of each, `fates` knows.
 */
export class Revoker {
  readonly tracker: RevocationTracker
  readonly #ports: RevokerPorts
  /** One for each account, so that a service that hangs holds up no other. */
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
    // Every call under way listens to it; Node warns of more than ten.
    setMaxListeners(0, this.#stopped.signal)
  }

  /**
   * Tries once now, unless the service wants to be left alone; what fails is `pending` and is tried
   * again by itself. Never rejects; `fates` knows the reason.
   */
  async revoke(item: LedgerItem, caller: Caller = 'person'): Promise<RevocationOutcome> {
    if (!this.#ports.ledger.get(item.id)) return 'ended'
    const driver = this.#ports.calls.driverOf(item)
    if (!driver || !isRevocable(item, driver)) return this.#giveUp(item)
    // Known from here on, so that what a stop interrupts still counts as not ended.
    const waiting = this.tracker.add(item)
    this.#ports.ledger.markReleased(item)
    this.#ports.changed()
    const lane = this.#laneOf(item.accountUid)
    return this.#flights.run(item.id, async () => {
      waiting.isNeeded = this.#isNeeded(item)
      if (waiting.isNeeded) return this.#waitForOthers(waiting)
      const unwelcome = lane.throttle.refusal(caller)
      if (unwelcome) return this.#postpone(waiting, unwelcome)
      try {
        // Before its turn comes: a session that has to log in for it must not hold up the others.
        const session = this.needsSession(item) ? await this.#ports.credentials.find(item) : null
        return await lane.queue.run(() =>
          this.#attempt({ waiting, driver, session }, lane.throttle, caller),
        )
      } catch (error) {
        return this.#fail(waiting, error)
      }
    })
  }

  /** Ends many, in the order that sessions want; resolves when each was tried once. */
  async revokeAll(items: readonly LedgerItem[], caller: Caller): Promise<void> {
    const placeOf = (item: LedgerItem) => ({
      ...{ accountUid: item.accountUid, needsSession: this.needsSession(item) },
    })
    await inRevocationOrder(items, placeOf, (item) => this.revoke(item, caller))
  }

  /** A person has logged the account in: what waits for that, or was given up without it, is tried. */
  retryAccount(accountUid: string): void {
    const waiting = this.tracker.waiting().map(({ item }) => item)
    const items = [...waiting, ...this.tracker.outstanding(accountUid).map(({ item }) => item)]
    const own = new Set(items.filter((item) => item.accountUid === accountUid))
    void this.revokeAll([...own], 'program')
  }

  /** True for what is ended with the account's credential or session token. */
  needsSession(item: LedgerItem): boolean {
    const driver = this.#ports.calls.driverOf(item)
    return driver !== undefined && needsSession(item, driver)
  }

  /** What has to be ended before the account's session and credential may go. */
  needingSession(accountUid: string): readonly LedgerItem[] {
    return this.#ports.ledger.ofAccount(accountUid).filter((item) => this.needsSession(item))
  }

  /** False for what only time ends. */
  isRevocable(item: LedgerItem): boolean {
    const driver = this.#ports.calls.driverOf(item)
    return driver ? isRevocable(item, driver) : false
  }

  /** True while its service is being told. */
  isRevoking(id: string): boolean {
    const waiting = this.tracker.find(id)
    return waiting !== undefined && waiting.backoff.retryAt === null && !waiting.isNeeded
  }

  /** What is left at the end of a run. */
  remaining(): RemainingTokens {
    return this.tracker.remaining((item) => this.#survivesRestart(item))
  }

  /** The service has said in another way that this one is gone. */
  markRevoked(item: LedgerItem): void {
    if (!this.#ports.ledger.get(item.id)) return
    if (isToken(item)) this.#ports.onEvent(item, { kind: 'revoked' })
    this.#remove(item)
  }

  /** Tries again what is due and strikes out what has expired; returns the next moment to look. */
  tick(): number {
    const { clock, ledger } = this.#ports
    let next = Number.POSITIVE_INFINITY
    for (const item of ledger.all()) {
      // A wall clock that was set ahead ends nothing at the service.
      if (item.validity.longestRemainingMs < -EXPIRY_MARGIN_MS) this.#expire(item)
      next = Math.min(next, clock.now() + item.validity.untilNext(EXPIRY_MARGIN_MS))
    }
    for (const { item, backoff } of this.tracker.waiting()) {
      const { retryAt } = backoff
      if (retryAt !== null && retryAt <= clock.now()) void this.revoke(item, 'program')
      else if (retryAt !== null) next = Math.min(next, retryAt)
    }
    return next
  }

  /** A host may be spoken to again: what was held back is tried now. */
  resume(): void {
    const { clock, arm } = this.#ports
    for (const { backoff, obstacle } of this.tracker.waiting()) {
      if (obstacle?.silentHost && backoff.retryAt !== null) backoff.pauseUntil(clock.now())
    }
    arm(clock.now())
  }

  /** Breaks off what is under way. */
  stop(): void {
    this.#stopped.abort()
  }

  /** Rejects with why it could not be ended yet. */
  async #attempt(
    { waiting, driver, session }: Attempt,
    throttle: Throttle,
    caller: Caller,
  ): Promise<RevocationOutcome> {
    const { item } = waiting
    // It may have expired, or been ended, while this waited for its turn.
    if (!this.#ports.ledger.get(item.id)) return 'ended'
    waiting.backoff.tried()
    const unwelcome = throttle.refusal(caller)
    if (unwelcome) return this.#postpone(waiting, unwelcome)
    const { calls, credentials } = this.#ports
    const context = calls.context(item.provider, 'logout', this.#stopped.signal)
    const call = { item, driver, revocationSession: session, credentials, context }
    const answer = await throttle.watch(() => callDriver(call))
    if (answer === 'not_supported') return this.#giveUp(item)
    if (!waiting.isRecheck) this.#ports.onEvent(item, { kind: 'revoked' })
    if (this.#isSettled(item)) this.#remove(item)
    else this.#recheckLater(waiting)
    return 'ended'
  }

  /** False while the question that makes a planned token may still be under way to its service. */
  #isSettled(item: LedgerItem): boolean {
    return isToken(item) || this.#ports.clock.now() - item.addedAt >= RESERVATION_SETTLES_MS
  }

  #recheckLater(waiting: PendingRevocation): void {
    const { arm, ledger, log } = this.#ports
    waiting.isRecheck = true
    waiting.isRecorded = true
    arm(waiting.backoff.pauseUntil(waiting.item.addedAt + RESERVATION_SETTLES_MS))
    this.#ports.changed()
    if (isToken(waiting.item)) return
    ledger.noteRevoked(waiting.item).catch((error: unknown) => {
      log.warn('that a token was ended by its name is not in the ledger', { error })
    })
  }

  #fail(waiting: PendingRevocation, error: unknown): RevocationOutcome {
    // Nothing was tried, so that nothing has failed.
    if (isTokentrayError(error) && error.silentHost !== undefined) {
      return this.#postpone(waiting, error)
    }
    waiting.backoff.failed()
    const { code } = toTokentrayError(error)
    const { provider, account } = waiting.item
    this.#ports.log.warn('a token could not be revoked yet', {
      ...{ provider, code },
      ...(account !== undefined && { account }),
    })
    return this.#postpone(waiting, isTokentrayError(error) ? error : null)
  }

  #postpone(waiting: PendingRevocation, error: TokentrayError | null): RevocationOutcome {
    waiting.obstacle = error
    const obstacle = error && obstacleOf(error)
    if (obstacle?.waitsFor === 'login') this.#pause(waiting, LOGIN_PAUSE_MS)
    else this.#ports.arm(waiting.backoff.pause(error?.retryAt))
    this.#recordPending(waiting, reasonOf(error))
    this.#write(waiting.item)
    return 'pending'
  }

  /** Until those are revoked for which it is needed. */
  #waitForOthers(waiting: PendingRevocation): RevocationOutcome {
    const status = this.tracker.statusOf(waiting.item)
    this.#recordPending(waiting, status?.outcome === 'pending' ? { why: status.why } : {})
    return this.#pause(waiting, OTHERS_PAUSE_MS)
  }

  #recordPending(waiting: PendingRevocation, because: Omit<RevocationEvent, 'kind'>): void {
    if (!waiting.isRecorded) this.#ports.onEvent(waiting.item, { kind: 'waiting', ...because })
    waiting.isRecorded = true
    this.#ports.changed()
  }

  #pause(waiting: PendingRevocation, ms: number): RevocationOutcome {
    const { clock, arm } = this.#ports
    arm(waiting.backoff.pauseUntil(clock.now() + ms))
    return 'pending'
  }

  /** One that could not be recorded in its time must not be lost now that it lives on. */
  #write(item: LedgerItem): void {
    const { ledger, log } = this.#ports
    ledger.write(item).catch((error: unknown) => {
      log.warn('a token that could not be revoked yet is not in the ledger', { error })
    })
  }

  /** The session's own token goes last: without it the others could not be ended. */
  #isNeeded(item: LedgerItem): boolean {
    if (!isToken(item) || item.kind !== 'session') return false
    const needs = ({ item: other }: PendingRevocation) =>
      other.accountUid === item.accountUid &&
      this.needsSession(other) &&
      this.#ports.calls.driverOf(other)?.mintsFrom === 'session'
    return this.tracker.waiting().some(needs) && this.#ports.credentials.isLastResort(item)
  }

  #staysListed(item: LedgerItem): boolean {
    const driver = this.#ports.calls.driverOf(item)
    return driver?.listsExpired === true && needsSession(item, driver)
  }

  /** Will the next run have what it takes? */
  #survivesRestart(item: LedgerItem): boolean {
    const driver = this.#ports.calls.driverOf(item)
    if (!driver || !isRevocable(item, driver) || !this.#ports.ledger.isPersistent) return false
    return isRevocableByToken(item, driver) || this.#ports.credentials.survivesRestart(item)
  }

  #laneOf(accountUid: string): Lane {
    const { clock, random } = this.#ports
    const fresh = { queue: new Queue(LANE_WIDTH), throttle: new Throttle(clock, random) }
    const lane = this.#lanes.get(accountUid) ?? fresh
    this.#lanes.set(accountUid, lane)
    return lane
  }

  /** Nothing can end it now; what has expired, and is only listed, waits for who can, or is given up. */
  #giveUp(item: LedgerItem): RevocationOutcome {
    const { onEvent, changed, credentials } = this.#ports
    const waiting = this.tracker.find(item.id)
    const why = this.#reasonNotRevoked(item)
    const isOver = item.validity.remainingMs <= 0 && this.#staysListed(item)
    const login = isOver ? credentials.loginErrorFor(item) : null
    if (waiting && login) return this.#postpone(waiting, login)
    if (waiting?.isRecheck || isOver) {
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

  #reasonNotRevoked(item: LedgerItem): string {
    const provider = this.#ports.calls.provider(item.provider)
    if (!provider) return BY_ANOTHER_VERSION
    const driver = provider.driver(item.values)
    const misses = needsSession(item, driver) ? this.#ports.credentials.missingReason(item) : null
    return misses ?? `${provider.title} cannot revoke it.`
  }

  #expire(item: LedgerItem): void {
    const isLook = this.tracker.find(item.id)?.isRecheck === true
    if (this.#staysListed(item) && !isLook) {
      // Only now is it known that time has not ended all of it.
      if (this.tracker.isGivenUp(item)) void this.revoke(item, 'program')
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
      log.warn('an ended token stays in the ledger until the next start', { error })
    })
    this.#retryNeeded(item.accountUid)
  }

  /** What was kept for revoking others may be needed no more. */
  #retryNeeded(accountUid: string): void {
    for (const { item, isNeeded } of this.tracker.waiting()) {
      if (isNeeded && item.accountUid === accountUid && !this.#isNeeded(item)) {
        void this.revoke(item, 'program')
      }
    }
  }
}
