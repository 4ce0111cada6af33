import { setMaxListeners } from 'node:events'
import type { Clock, Lifetime } from '../base/clock.ts'
import { isTokentrayError, type TokentrayError, toTokentrayError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Provider } from '../providers/provider.ts'
import type { Calls } from './calls.ts'
import type { HeldToken, Ledger } from './ledger.ts'
import { Queue } from './queue.ts'
import { SingleFlight } from './single-flight.ts'
import { type Asker, startPause, Throttle } from './throttle.ts'

/** How a token ended: the service knows; it will be told; or only time can end it. */
export type Ending = 'ended' | 'pending' | 'until_expiry'

interface Pending {
  readonly held: HeldToken
  failures: number
  /** `null` while a try is under way. */
  pause: Lifetime | null
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
  /** Called when a retry has to happen at this moment. */
  readonly arm: (deadline: number) => void
}

/** A service may lag behind our clock; until then its expired tokens stay on the list. */
const EXPIRY_MARGIN_MS = 60_000
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
  async end(held: HeldToken, asker: Asker = 'person'): Promise<Ending> {
    if (!this.#ports.ledger.get(held.id)) return 'ended'
    const provider = this.#ports.calls.provider(held.provider)
    if (!provider) return 'until_expiry'
    if (!provider.revoke) return this.#leaveToExpiry(held)
    // Known from here on, so that what a stop interrupts still counts as not ended.
    const pending = this.#remember(held)
    const lane = this.#laneOf(held.accountUid)
    return this.#flights.run(held.id, () =>
      lane.queue.run(() => this.#attempt(pending, provider, lane.throttle, asker)),
    )
  }

  /** Ends many; resolves when each was tried once. */
  async endAll(tokens: readonly HeldToken[], asker: Asker): Promise<void> {
    await Promise.all(tokens.map((held) => this.end(held, asker)))
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
    for (const held of ledger.all()) {
      // A wall clock that was set ahead ends nothing at the service.
      if (held.lifetime.longestRemainingMs < -EXPIRY_MARGIN_MS) this.#forget(held)
    }
    let next = Number.POSITIVE_INFINITY
    for (const { held, pause } of this.#pending.values()) {
      if (!pause) continue
      if (pause.remainingMs > 0) next = Math.min(next, clock.now() + pause.remainingMs)
      else void this.end(held, 'program')
    }
    return next
  }

  /** Breaks off what is under way. */
  stop(): void {
    this.#stopped.abort()
  }

  async #attempt(
    pending: Pending,
    provider: Provider,
    throttle: Throttle,
    asker: Asker,
  ): Promise<Ending> {
    const { held } = pending
    // It may have expired, or been ended, while this waited for its turn.
    if (!this.#ports.ledger.get(held.id)) return 'ended'
    pending.pause = null
    const unwelcome = throttle.refusal(asker)
    if (unwelcome) return this.#postpone(pending, unwelcome)
    try {
      const context = this.#ports.calls.context('logout', this.#stopped.signal)
      const answer = await throttle.watch(
        async () => await provider.revoke?.(held.token, held.values, context),
      )
      if (answer === 'not_supported') return this.#leaveToExpiry(held)
      this.#forget(held)
      return 'ended'
    } catch (error) {
      pending.failures += 1
      const ending = this.#postpone(pending, isTokentrayError(error) ? error : undefined)
      this.#ports.log.warn('a token could not be ended yet', {
        provider: held.provider,
        code: toTokentrayError(error).code,
      })
      return ending
    }
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

  #remember(held: HeldToken): Pending {
    const known = this.#pending.get(held.id)
    if (known) return known
    const pending: Pending = { held, failures: 0, pause: null }
    this.#pending.set(held.id, pending)
    return pending
  }

  #postpone(pending: Pending, error: TokentrayError | undefined): Ending {
    const { clock, random, arm, ledger, log } = this.#ports
    const { held, failures } = pending
    pending.pause = startPause(clock, Math.max(failures, 1), random(), error?.retryAt)
    arm(clock.now() + pending.pause.remainingMs)
    // One that could not be recorded in its time must not be lost now that it lives on.
    ledger.write(held).catch((cause: unknown) => {
      log.warn('a token that could not be ended yet is not in the ledger', { error: cause })
    })
    return 'pending'
  }

  #leaveToExpiry(held: HeldToken): Ending {
    this.#pending.delete(held.id)
    // One that never expires and cannot be ended would stay on the list for ever to no use.
    if (held.token.expiresAt === null) this.#forget(held)
    return 'until_expiry'
  }

  #forget(held: HeldToken): void {
    this.#pending.delete(held.id)
    this.#ports.ledger.strike(held.id).catch((error: unknown) => {
      this.#ports.log.warn('an ended token stays in the ledger until the next start', { error })
    })
  }
}
