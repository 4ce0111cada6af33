import { setMaxListeners } from 'node:events'
import { type Clock, Lifetime } from '../base/clock.ts'
import { isTokentrayError, type TokentrayError, toTokentrayError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Driver, Revocation } from '../providers/provider.ts'
import type { Calls } from './calls.ts'
import { canEnd } from './endable.ts'
import type { EndingSession, EndingSessions } from './ending-sessions.ts'
import { isToken, type Ledger, type LedgerItem } from './ledger.ts'
import { Queue } from './queue.ts'
import { SingleFlight } from './single-flight.ts'
import { type Asker, startPause, Throttle } from './throttle.ts'

/** How a token ended: the service knows; it will be told; or only time can end it. */
export type Ending = 'ended' | 'pending' | 'until_expiry'

interface Pending {
  readonly item: LedgerItem
  failures: number
  /** `null` while a try is under way. */
  pause: Lifetime | null
  /** The host of its service wants to be left alone, and nothing was sent. */
  isHeldBack: boolean
}

interface Attempt {
  readonly pending: Pending
  readonly driver: Driver
  readonly session: EndingSession | null
}

/** How the tokens of one account go to their service. */
interface Lane {
  readonly queue: Queue
  readonly throttle: Throttle
}

interface EndingsPorts {
  readonly ledger: Ledger
  readonly calls: Calls
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  /** With what the tokens of an account's leases can be ended; rejects while that cannot be said. */
  readonly sessions: Pick<EndingSessions, 'find' | 'forget'>
  readonly changed: () => void
  /** Called when a retry has to happen at this moment. */
  readonly arm: (deadline: number) => void
}

/** A service may lag behind our clock; until then its expired tokens stay on the list. */
const EXPIRY_MARGIN_MS = 60_000
/** Longer than a question may be under way that makes a token. */
const PLAN_SETTLES_MS = 300_000
/** A few at a time, so that a service with a connection limit is not flooded. */
const LANE_WIDTH = 4

/**
 * Ends tokens at their services, and tries until it has succeeded: a token leaves the ledger only
 * when its service said that it is gone, or when it has expired.
 */
export class Endings {
  readonly #ports: EndingsPorts
  readonly #pending = new Map<string, Pending>()
  /** One for each account, so that a service that hangs holds up no other. */
  readonly #lanes = new Map<string, Lane>()
  readonly #flights = new SingleFlight<string, Ending>()
  readonly #stopped = new AbortController()

  constructor(ports: EndingsPorts) {
    this.#ports = ports
    // Every call under way listens to it; Node warns of more than ten.
    setMaxListeners(0, this.#stopped.signal)
  }

  /**
   * Tries once now, unless the service wants to be left alone; what fails is `pending` and is tried
   * again by itself. Never rejects.
   */
  async end(item: LedgerItem, asker: Asker = 'person'): Promise<Ending> {
    if (!this.#ports.ledger.get(item.id)) return 'ended'
    const driver = this.#driverOf(item)
    if (!driver) return 'until_expiry'
    if (!canEnd(item, driver)) return this.#leaveToExpiry(item)
    // Known from here on, so that what a stop interrupts still counts as not ended.
    const pending = this.#remember(item)
    const lane = this.#laneOf(item.accountUid)
    return this.#flights.run(item.id, async () => {
      const unwelcome = lane.throttle.refusal(asker)
      if (unwelcome) return this.#postpone(pending, unwelcome)
      try {
        // Before its turn comes: a session that has to log in for it must not hold up the others.
        const session = this.needsSession(item) ? await this.#ports.sessions.find(item) : null
        return await lane.queue.run(() =>
          this.#attempt({ pending, driver, session }, lane.throttle, asker),
        )
      } catch (error) {
        return this.#fail(pending, error)
      }
    })
  }

  /**
   * Ends many; resolves when each was tried once. Of one account first those that are ended with its
   * session, then the session's own.
   */
  async endAll(items: readonly LedgerItem[], asker: Asker): Promise<void> {
    const needing = items.filter((item) => this.needsSession(item))
    const accounts = new Set(needing.map(({ accountUid }) => accountUid))
    const rest = items.filter((item) => !needing.includes(item))
    const end = (some: readonly LedgerItem[]) =>
      Promise.all(some.map((item) => this.end(item, asker)))
    await Promise.all([
      end(rest.filter(({ accountUid }) => !accounts.has(accountUid))),
      ...[...accounts].map(async (uid) => {
        await end(needing.filter(({ accountUid }) => accountUid === uid))
        await end(rest.filter(({ accountUid }) => accountUid === uid))
      }),
    ])
  }

  /** True for what is ended with the account's credential or session token. */
  needsSession(item: LedgerItem): boolean {
    return item.leaseId !== undefined && this.#driverOf(item)?.revokeLease !== undefined
  }

  /** What has to be ended before the account's session and credential may go. */
  needingSession(accountUid: string): readonly LedgerItem[] {
    return this.#ports.ledger
      .all()
      .filter((item) => item.accountUid === accountUid && this.needsSession(item))
  }

  /** False for what only time ends. */
  isEndable(item: LedgerItem): boolean {
    const driver = this.#driverOf(item)
    return driver ? canEnd(item, driver) : false
  }

  /** What is left at the end of a run and is not left to time alone. */
  unended(): readonly LedgerItem[] {
    return this.#ports.ledger.all().filter((item) => this.isEndable(item))
  }

  /** How many tokens of an account its service still has to be told about. */
  pendingOf(accountUid: string): number {
    return [...this.#pending.values()].filter(({ item }) => item.accountUid === accountUid).length
  }

  /** The service has said in another way that this one is gone. */
  settle(item: LedgerItem): void {
    if (this.#ports.ledger.get(item.id)) this.#forget(item)
  }

  /** Tokens whose service still has to be told. */
  get pendingCount(): number {
    return this.#pending.size
  }

  isPending(id: string): boolean {
    return this.#pending.has(id)
  }

  /** Tries again what is due and strikes out what has expired; returns the next moment to look. */
  tick(): number {
    const { clock, ledger } = this.#ports
    // A wall clock that was set ahead ends nothing at the service.
    const isOver = ({ lifetime }: LedgerItem) => lifetime.longestRemainingMs < -EXPIRY_MARGIN_MS
    for (const item of ledger.all().filter(isOver)) this.#forget(item)
    let next = Number.POSITIVE_INFINITY
    for (const { item, pause } of this.#pending.values()) {
      if (!pause) continue
      if (pause.remainingMs > 0) next = Math.min(next, clock.now() + pause.remainingMs)
      else void this.end(item, 'program')
    }
    return next
  }

  /** A host may be spoken to again: what was held back is tried now. */
  resume(): void {
    const { clock, arm } = this.#ports
    for (const pending of this.#pending.values()) {
      if (pending.isHeldBack && pending.pause) pending.pause = new Lifetime(clock, clock.now())
    }
    arm(clock.now())
  }

  /** Breaks off what is under way. */
  stop(): void {
    this.#stopped.abort()
  }

  /** Rejects with why it could not be ended yet. */
  async #attempt(
    { pending, driver, session }: Attempt,
    throttle: Throttle,
    asker: Asker,
  ): Promise<Ending> {
    const { item } = pending
    // It may have expired, or been ended, while this waited for its turn.
    if (!this.#ports.ledger.get(item.id)) return 'ended'
    pending.pause = null
    const unwelcome = throttle.refusal(asker)
    if (unwelcome) return this.#postpone(pending, unwelcome)
    const answer = await throttle.watch(() => this.#tell(item, driver, session))
    if (answer === 'not_supported') return this.#leaveToExpiry(item)
    if (!this.#isSettled(item)) return this.#askAgain(pending, item)
    this.#forget(item)
    return 'ended'
  }

  /** By the id of its lease where the service knows it, else with nothing but the token. */
  async #tell(item: LedgerItem, driver: Driver, grip: EndingSession | null): Promise<Revocation> {
    const context = this.#ports.calls.context(item.provider, 'logout', this.#stopped.signal)
    const token = isToken(item) ? item.token : undefined
    const { leaseId, values } = item
    if (leaseId !== undefined && driver.revokeLease && grip) {
      try {
        const lease = { leaseId, ...(token && { token }) }
        return await driver.revokeLease(lease, grip.session, context)
      } catch (error) {
        if (!isTokentrayError(error) || error.code !== 'wrong_credentials') throw error
        grip.refused()
        // Another session may do; another credential there is not.
        if (driver.mintsFrom === 'session') throw error
      }
    }
    if (!token || !driver.revoke) return 'not_supported'
    return await driver.revoke(token, values, context)
  }

  /** False while the question that makes a planned token may still be under way to its service. */
  #isSettled(item: LedgerItem): boolean {
    return isToken(item) || this.#ports.clock.now() - item.addedAt >= PLAN_SETTLES_MS
  }

  #askAgain(pending: Pending, item: LedgerItem): Ending {
    const { clock, arm } = this.#ports
    pending.pause = new Lifetime(clock, item.addedAt + PLAN_SETTLES_MS)
    arm(clock.now() + pending.pause.remainingMs)
    return 'pending'
  }

  #fail(pending: Pending, error: unknown): Ending {
    // Nothing was tried, so that nothing has failed.
    if (isTokentrayError(error) && error.silentHost !== undefined) {
      return this.#postpone(pending, error)
    }
    pending.failures += 1
    this.#ports.log.warn('a token could not be ended yet', {
      provider: pending.item.provider,
      code: toTokentrayError(error).code,
    })
    return this.#postpone(pending, isTokentrayError(error) ? error : undefined)
  }

  #driverOf({ provider, values }: LedgerItem): Driver | undefined {
    return this.#ports.calls.provider(provider)?.driver(values)
  }

  #laneOf(accountUid: string): Lane {
    const { clock, random } = this.#ports
    const lane = this.#lanes.get(accountUid) ?? {
      queue: new Queue(LANE_WIDTH),
      throttle: new Throttle(clock, random),
    }
    this.#lanes.set(accountUid, lane)
    return lane
  }

  #remember(item: LedgerItem): Pending {
    const known = this.#pending.get(item.id)
    if (known) return known
    const pending: Pending = { item, failures: 0, pause: null, isHeldBack: false }
    this.#pending.set(item.id, pending)
    this.#ports.changed()
    return pending
  }

  #postpone(pending: Pending, error: TokentrayError | undefined): Ending {
    const { clock, random, arm, ledger, log } = this.#ports
    const { item, failures } = pending
    pending.isHeldBack = error?.silentHost !== undefined
    pending.pause = startPause(clock, Math.max(failures, 1), random(), error?.retryAt)
    arm(clock.now() + pending.pause.remainingMs)
    // One that could not be recorded in its time must not be lost now that it lives on.
    ledger.write(item).catch((cause: unknown) => {
      log.warn('a token that could not be ended yet is not in the ledger', { error: cause })
    })
    return 'pending'
  }

  #leaveToExpiry(item: LedgerItem): Ending {
    this.#pending.delete(item.id)
    this.#ports.changed()
    // One that never expires and cannot be ended would stay on the list for ever to no use.
    if (item.lifetime.endsAt === null) this.#forget(item)
    return 'until_expiry'
  }

  #forget(item: LedgerItem): void {
    this.#pending.delete(item.id)
    this.#ports.changed()
    if (this.needingSession(item.accountUid).every(({ id }) => id === item.id)) {
      this.#ports.sessions.forget(item.accountUid)
    }
    this.#ports.ledger.strike(item.id).catch((error: unknown) => {
      this.#ports.log.warn('an ended token stays in the ledger until the next start', { error })
    })
  }
}
