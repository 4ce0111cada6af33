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
import { canEnd, endsByItself, takesSession } from './endable.ts'
import {
  BY_ANOTHER_VERSION,
  becauseOf,
  obstacleOf,
  type RevocationOutcome,
  type Turn,
} from './fate.ts'
import { Fates, type Waiting } from './fates.ts'
import type { Left } from './left.ts'
import type { RevocationCredentials, RevocationSession } from './revocation-credentials.ts'
import { inRevocationOrder } from './revocation-order.ts'
import { tellService } from './telling.ts'

interface Attempt {
  readonly waiting: Waiting
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
  readonly sessions: Pick<
    RevocationCredentials,
    'find' | 'forget' | 'reach' | 'missing' | 'loginFor' | 'isOnlyWay' | 'outlasts'
  >
  readonly changed: () => void
  /** Called when a retry has to happen at this moment. */
  readonly arm: (deadline: number) => void
  /** Told what became of each token, for the record. */
  readonly told: (item: LedgerItem, turn: Turn) => void
}

/** A service may lag behind our clock; until then its expired tokens stay on the list. */
const EXPIRY_MARGIN_MS = 60_000
/** Longer than a question may be under way that makes a token. */
const PLAN_SETTLES_MS = 300_000
/** What waits for a person, or for other tokens, is told when that has come; this is in case. */
const PERSON_PAUSE_MS = 3_600_000
const OTHERS_PAUSE_MS = 60_000
/** A few at a time, so that a service with a connection limit is not flooded. */
const LANE_WIDTH = 4

/**
 * Ends tokens at their services, and tries until it has succeeded: a token leaves the ledger only
 * when its service said that it is gone, or when it has expired. What becomes of each, `fates` knows.
 */
export class Revoker {
  readonly fates: Fates
  readonly #ports: RevokerPorts
  /** One for each account, so that a service that hangs holds up no other. */
  readonly #lanes = new Map<string, Lane>()
  readonly #flights = new SingleFlight<string, RevocationOutcome>()
  readonly #stopped = new AbortController()

  constructor(ports: RevokerPorts) {
    this.#ports = ports
    this.fates = new Fates(
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
  async end(item: LedgerItem, caller: Caller = 'person'): Promise<RevocationOutcome> {
    if (!this.#ports.ledger.get(item.id)) return 'ended'
    const driver = this.#ports.calls.driverOf(item)
    if (!driver || !canEnd(item, driver)) return this.#leave(item)
    // Known from here on, so that what a stop interrupts still counts as not ended.
    const waiting = this.fates.wait(item)
    this.#ports.ledger.letGo(item)
    this.#ports.changed()
    const lane = this.#laneOf(item.accountUid)
    return this.#flights.run(item.id, async () => {
      waiting.isNeeded = this.#isNeeded(item)
      if (waiting.isNeeded) return this.#waitForOthers(waiting)
      const unwelcome = lane.throttle.refusal(caller)
      if (unwelcome) return this.#postpone(waiting, unwelcome)
      try {
        // Before its turn comes: a session that has to log in for it must not hold up the others.
        const session = this.needsSession(item) ? await this.#ports.sessions.find(item) : null
        return await lane.queue.run(() =>
          this.#attempt({ waiting, driver, session }, lane.throttle, caller),
        )
      } catch (error) {
        return this.#fail(waiting, error)
      }
    })
  }

  /** Ends many, in the order that sessions want; resolves when each was tried once. */
  async endAll(items: readonly LedgerItem[], caller: Caller): Promise<void> {
    const placeOf = (item: LedgerItem) => ({
      ...{ accountUid: item.accountUid, needsSession: this.needsSession(item) },
    })
    await inRevocationOrder(items, placeOf, (item) => this.end(item, caller))
  }

  /** A person has logged the account in: what waits for that, or was given up without it, is tried. */
  tryAgain(accountUid: string): void {
    const waiting = this.fates.waiting().map(({ item }) => item)
    const items = [...waiting, ...this.fates.lingering(accountUid).map(({ item }) => item)]
    const own = new Set(items.filter((item) => item.accountUid === accountUid))
    void this.endAll([...own], 'program')
  }

  /** True for what is ended with the account's credential or session token. */
  needsSession(item: LedgerItem): boolean {
    const driver = this.#ports.calls.driverOf(item)
    return driver !== undefined && takesSession(item, driver)
  }

  /** What has to be ended before the account's session and credential may go. */
  needingSession(accountUid: string): readonly LedgerItem[] {
    return this.#ports.ledger.of(accountUid).filter((item) => this.needsSession(item))
  }

  /** False for what only time ends. */
  isRevocable(item: LedgerItem): boolean {
    const driver = this.#ports.calls.driverOf(item)
    return driver ? canEnd(item, driver) : false
  }

  /** True while its service is being told. */
  isUnderWay(id: string): boolean {
    const waiting = this.fates.waitingFor(id)
    return waiting !== undefined && waiting.backoff.retryAt === null && !waiting.isNeeded
  }

  /** What is left at the end of a run. */
  left(): Left {
    return this.fates.left((item) => this.#outlasts(item))
  }

  /** The service has said in another way that this one is gone. */
  settle(item: LedgerItem): void {
    if (!this.#ports.ledger.get(item.id)) return
    if (isToken(item)) this.#ports.told(item, { became: 'revoked' })
    this.#strike(item)
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
    for (const { item, backoff } of this.fates.waiting()) {
      const { retryAt } = backoff
      if (retryAt !== null && retryAt <= clock.now()) void this.end(item, 'program')
      else if (retryAt !== null) next = Math.min(next, retryAt)
    }
    return next
  }

  /** A host may be spoken to again: what was held back is tried now. */
  resume(): void {
    const { clock, arm } = this.#ports
    for (const { backoff, obstacle } of this.fates.waiting()) {
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
    const { calls, sessions } = this.#ports
    const context = calls.context(item.provider, 'logout', this.#stopped.signal)
    const telling = { item, driver, session, sessions, context }
    const answer = await throttle.watch(() => tellService(telling))
    if (answer === 'not_supported') return this.#leave(item)
    if (!waiting.isLook) this.#ports.told(item, { became: 'revoked' })
    if (this.#isSettled(item)) this.#strike(item)
    else this.#lookAgain(waiting)
    return 'ended'
  }

  /** False while the question that makes a planned token may still be under way to its service. */
  #isSettled(item: LedgerItem): boolean {
    return isToken(item) || this.#ports.clock.now() - item.addedAt >= PLAN_SETTLES_MS
  }

  #lookAgain(waiting: Waiting): void {
    const { arm, ledger, log } = this.#ports
    waiting.isLook = true
    waiting.isTold = true
    arm(waiting.backoff.pauseUntil(waiting.item.addedAt + PLAN_SETTLES_MS))
    this.#ports.changed()
    if (isToken(waiting.item)) return
    ledger.noteEnded(waiting.item).catch((error: unknown) => {
      log.warn('that a token was ended by its name is not in the ledger', { error })
    })
  }

  #fail(waiting: Waiting, error: unknown): RevocationOutcome {
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

  #postpone(waiting: Waiting, error: TokentrayError | null): RevocationOutcome {
    waiting.obstacle = error
    const obstacle = error && obstacleOf(error)
    if (obstacle?.waitsFor === 'login') this.#pause(waiting, PERSON_PAUSE_MS)
    else this.#ports.arm(waiting.backoff.pause(error?.retryAt))
    this.#tellWaiting(waiting, becauseOf(error))
    this.#write(waiting.item)
    return 'pending'
  }

  /** Until those are revoked for which it is needed. */
  #waitForOthers(waiting: Waiting): RevocationOutcome {
    const fate = this.fates.of(waiting.item)
    this.#tellWaiting(waiting, fate?.at === 'pending' ? { why: fate.why } : {})
    return this.#pause(waiting, OTHERS_PAUSE_MS)
  }

  #tellWaiting(waiting: Waiting, because: Omit<Turn, 'became'>): void {
    if (!waiting.isTold) this.#ports.told(waiting.item, { became: 'waiting', ...because })
    waiting.isTold = true
    this.#ports.changed()
  }

  #pause(waiting: Waiting, ms: number): RevocationOutcome {
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
    const needs = ({ item: other }: Waiting) =>
      other.accountUid === item.accountUid &&
      this.needsSession(other) &&
      this.#ports.calls.driverOf(other)?.mintsFrom === 'session'
    return this.fates.waiting().some(needs) && this.#ports.sessions.isOnlyWay(item)
  }

  #staysListed(item: LedgerItem): boolean {
    const driver = this.#ports.calls.driverOf(item)
    return driver?.listsExpired === true && takesSession(item, driver)
  }

  /** Will the next run have what it takes? */
  #outlasts(item: LedgerItem): boolean {
    const driver = this.#ports.calls.driverOf(item)
    if (!driver || !canEnd(item, driver) || !this.#ports.ledger.isKept) return false
    return endsByItself(item, driver) || this.#ports.sessions.outlasts(item)
  }

  #laneOf(accountUid: string): Lane {
    const { clock, random } = this.#ports
    const fresh = { queue: new Queue(LANE_WIDTH), throttle: new Throttle(clock, random) }
    const lane = this.#lanes.get(accountUid) ?? fresh
    this.#lanes.set(accountUid, lane)
    return lane
  }

  /** Nothing can end it now; what has expired, and is only listed, waits for who can, or is given up. */
  #leave(item: LedgerItem): RevocationOutcome {
    const { told, changed, sessions } = this.#ports
    const waiting = this.fates.waitingFor(item.id)
    const why = this.#inability(item)
    const isOver = item.validity.remainingMs <= 0 && this.#staysListed(item)
    const login = isOver ? sessions.loginFor(item) : null
    if (waiting && login) return this.#postpone(waiting, login)
    if (waiting?.isLook || isOver) {
      if (isOver) told(item, { became: 'given_up', why })
      this.#strike(item)
      return 'ended'
    }
    if (this.fates.leave(item, why)) told(item, { became: 'left', why })
    changed()
    this.#write(item)
    this.#letGo(item.accountUid)
    return 'until_expiry'
  }

  #inability(item: LedgerItem): string {
    const provider = this.#ports.calls.provider(item.provider)
    if (!provider) return BY_ANOTHER_VERSION
    const driver = provider.driver(item.values)
    const misses = takesSession(item, driver) ? this.#ports.sessions.missing(item) : null
    return misses ?? `${provider.title} cannot revoke it.`
  }

  #expire(item: LedgerItem): void {
    const isLook = this.fates.waitingFor(item.id)?.isLook === true
    if (this.#staysListed(item) && !isLook) {
      // Only now is it known that time has not ended all of it.
      if (this.fates.isLeft(item)) void this.end(item, 'program')
      return
    }
    if (!isLook) this.#ports.told(item, { became: 'expired' })
    this.#strike(item)
  }

  #strike(item: LedgerItem): void {
    const { sessions, ledger, changed, log } = this.#ports
    this.fates.forget(item)
    changed()
    if (this.needingSession(item.accountUid).every(({ id }) => id === item.id)) {
      sessions.forget(item.accountUid)
    }
    ledger.strike(item.id).catch((error: unknown) => {
      log.warn('an ended token stays in the ledger until the next start', { error })
    })
    this.#letGo(item.accountUid)
  }

  /** What was kept for revoking others may be needed no more. */
  #letGo(accountUid: string): void {
    for (const { item, isNeeded } of this.fates.waiting()) {
      if (isNeeded && item.accountUid === accountUid && !this.#isNeeded(item)) {
        void this.end(item, 'program')
      }
    }
  }
}
