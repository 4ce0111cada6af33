import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'

const MOST_FAILURES = 20
const WINDOW_MS = 60_000

/**
 * Slows down whoever guesses: after many failures in a minute the next ones are told to wait. A
 * right secret is never held up, so that nobody can lock a tool out.
 */
export class AuthThrottle {
  readonly #clock: Clock
  /** By the monotonic clock: a wall clock set back must not hold them. */
  #failures: number[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts a failure and returns what to answer it with. */
  fail(message: string, hint?: string): TokentrayError {
    const now = this.#clock.monotonic()
    this.#failures = this.#failures.filter((time) => time > now - WINDOW_MS)
    const [oldest] = this.#failures
    if (oldest !== undefined && this.#failures.length >= MOST_FAILURES) {
      return new TokentrayError('rate_limited', 'Too many wrong secrets.', {
        retryAt: this.#clock.now() + oldest + WINDOW_MS - now,
      })
    }
    this.#failures.push(now)
    return new TokentrayError('invalid_client', message, hint === undefined ? {} : { hint })
  }
}
