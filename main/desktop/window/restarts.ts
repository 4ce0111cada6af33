import type { Clock } from '../../base/clock.ts'

const MOST = 3
const SPAN_MS = 60_000

/** Tells a failure now and then from one that comes back at once: three in a minute are allowed. */
export class Restarts {
  readonly #clock: Clock
  #at: readonly number[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** False if it would be the fourth within a minute. */
  allowOne(): boolean {
    const now = this.#clock.monotonic()
    this.#at = this.#at.filter((at) => now - at < SPAN_MS)
    if (this.#at.length >= MOST) return false
    this.#at = [...this.#at, now]
    return true
  }
}
