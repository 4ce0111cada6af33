/** The time; tests use one that they move by hand. */
export interface Clock {
  /** Wall clock, epoch milliseconds; may jump. */
  now(): number
  /** Milliseconds since an arbitrary point; never goes back, and may stop while the machine sleeps. */
  monotonic(): number
  /** Calls `action` once after `ms`; returns a function that cancels it. Does not keep the process alive. */
  after(ms: number, action: () => void): () => void
}

/** Milliseconds; Node treats a longer delay as 1 ms. */
export const LONGEST_DELAY = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, Math.min(Math.max(ms, 0), LONGEST_DELAY))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/**
 * A period that starts when it is created. Its age is the larger of what the two clocks say, so that
 * neither a wall clock that is set back nor a monotonic clock that slept extends it.
 */
export class Lifetime {
  readonly #clock: Clock
  readonly #startedAt: number
  readonly #startedMonotonic: number
  /** Epoch milliseconds; `null` for never. */
  readonly endsAt: number | null

  constructor(clock: Clock, endsAt: number | null) {
    this.#clock = clock
    this.#startedAt = clock.now()
    this.#startedMonotonic = clock.monotonic()
    this.endsAt = endsAt
  }

  /** Total length in milliseconds; `Infinity` if it never ends. */
  get lengthMs(): number {
    return this.endsAt === null ? Number.POSITIVE_INFINITY : this.endsAt - this.#startedAt
  }

  get ageMs(): number {
    return Math.max(
      this.#clock.now() - this.#startedAt,
      this.#clock.monotonic() - this.#startedMonotonic,
    )
  }

  /** Milliseconds left; negative after the end. */
  get remainingMs(): number {
    return this.lengthMs - this.ageMs
  }

  /** Milliseconds left by the slower clock: it has certainly ended only after these. */
  get longestRemainingMs(): number {
    const wall = this.#clock.now() - this.#startedAt
    const monotonic = this.#clock.monotonic() - this.#startedMonotonic
    return this.lengthMs - Math.min(wall, monotonic)
  }

  /**
   * Milliseconds until it ends or, after that, until it has certainly been over for `marginMs`;
   * `Infinity` when both have passed.
   */
  untilNext(marginMs: number): number {
    const moments = [this.remainingMs, this.longestRemainingMs + marginMs + 1]
    return Math.min(...moments.filter((ms) => ms > 0))
  }
}
