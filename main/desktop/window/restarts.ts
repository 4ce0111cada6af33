import type { Clock } from '../../base/clock.ts'

const MOST = 3
const SPAN_MS = 60_000

/** Limits restarts after failures to three a minute, so that a failure that recurs at once is not retried forever. */
export class Restarts {
  readonly #clock: Clock
  #at: readonly number[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** False for the fourth within a minute. */
  allowOne(): boolean {
    const now = this.#clock.monotonic()
    this.#at = this.#at.filter((at) => now - at < SPAN_MS)
    if (this.#at.length >= MOST) return false
    this.#at = [...this.#at, now]
    return true
  }
}
