import { type Clock, Lifetime } from '../../base/clock.ts'
import { type ErrorCode, isTokentrayError, TokentrayError } from '../../base/errors.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/**
 * Errors after which a call pauses. An unexpected answer counts: it is what a captive portal or a wrong
 * address sends, and an immediate retry gets the same.
 */
const PAUSES: readonly ErrorCode[] = [
  'rate_limited',
  'temporarily_unavailable',
  'unexpected_answer',
]

/** On whose behalf a service is called. */
export type Caller = 'user' | 'background'

/**
 * Counts the consecutive failures of something that is retried, and pauses before the next attempt: until
 * the time that the service named, else from one second up to one minute.
 */
export class Backoff {
  readonly #clock: Clock
  readonly #random: () => number
  #failures = 0
  #pause: Lifetime | null = null
  /** Why `run` failed last. */
  #reason: TokentrayError | null = null

  /** `random`: 0 to 1, for jitter. */
  constructor(clock: Clock, random = Math.random) {
    this.#clock = clock
    this.#random = random
  }

  /** When the pause ends or ended, epoch milliseconds; `null` if there is none. */
  get retryAt(): number | null {
    return this.#pause && this.#clock.now() + this.#pause.remainingMs
  }

  /** Counts a failure, so that the next growing pause is longer. */
  failed(): void {
    this.#failures += 1
  }

  /** Resets the count of failures and the pause. */
  succeeded(): void {
    this.#failures = 0
    this.#reason = null
    this.tried()
  }

  /** An attempt has begun: there is no pause until it fails. */
  tried(): void {
    this.#pause = null
  }

  /**
   * Begins a pause until `retryAt` if the service named it, but at least half a second, so that no loop
   * results; else a pause that grows with the failures, half of it jitter. Returns its end, epoch
   * milliseconds.
   */
  pause(retryAt?: number): number {
    const now = this.#clock.now()
    return this.pauseUntil(Math.max(retryAt ?? now + this.#growingMs(), now + FIRST_PAUSE_MS / 2))
  }

  /** Begins a pause until `endsAt`, epoch milliseconds, and returns that. */
  pauseUntil(endsAt: number): number {
    this.#pause = new Lifetime(this.#clock, endsAt)
    return endsAt
  }

  /** Throws `refusal`. */
  check(caller: Caller = 'background'): void {
    const refusal = this.refusal(caller)
    if (refusal) throw refusal
  }

  /**
   * The error that `run` last failed with, with `retryAt`, while the pause lasts; else `null`. A user may
   * retry at once after an outage, but not before a rate limit is over.
   */
  refusal(caller: Caller = 'background'): TokentrayError | null {
    const reason = this.#reason
    const { retryAt } = this
    if (!reason || retryAt === null || retryAt <= this.#clock.now()) return null
    if (caller === 'user' && reason.code !== 'rate_limited') return null
    const { code, message, hint } = reason
    return new TokentrayError(code, message, { hint, retryAt, cause: reason })
  }

  /** Runs a call to a service, and pauses after an outage or a rate limit. */
  async run<Value>(call: () => Promise<Value>): Promise<Value> {
    try {
      const value = await call()
      this.succeeded()
      return value
    } catch (error) {
      // A blocked host is tracked for all accounts by `Hosts`.
      const isBlocked = isTokentrayError(error) && error.silentHost !== undefined
      if (isTokentrayError(error) && !isBlocked && PAUSES.includes(error.code)) {
        this.#reason = error
        this.failed()
        this.pause(error.retryAt)
      }
      throw error
    }
  }

  #growingMs(): number {
    const doublings = Math.min(Math.max(this.#failures, 1) - 1, 16)
    const full = Math.min(FIRST_PAUSE_MS * 2 ** doublings, LONGEST_PAUSE_MS)
    return full * (0.5 + 0.5 * this.#random())
  }
}
