/** Time as the broker sees it; tests move it by hand. */
export interface Clock {
  /** Wall clock, epoch milliseconds; may jump. */
  now(): number
  /** Milliseconds since some point of the past; never goes back, may stand still during sleep. */
  monotonic(): number
  /** Calls `action` once after `ms`; returns what takes it back. Does not keep the process alive. */
  after(ms: number, action: () => void): () => void
}

/** Milliseconds; Node takes a longer delay for 1 ms, and fires at once. */
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
 * A stretch of time that began now. Its age is the larger of what the two clocks say, so that
 * neither a wall clock set back nor a monotonic clock that slept makes anything live longer.
 */
export class Lifetime {
  readonly #clock: Clock
  readonly #startedAt: number
  readonly #startedMonotonic: number
  /** When it ends, epoch milliseconds; `null` for never. */
  readonly endsAt: number | null

  constructor(clock: Clock, endsAt: number | null) {
    this.#clock = clock
    this.#startedAt = clock.now()
    this.#startedMonotonic = clock.monotonic()
    this.endsAt = endsAt
  }

  /** Its whole length in milliseconds; `Infinity` if it does not end. */
  get lengthMs(): number {
    return this.endsAt === null ? Number.POSITIVE_INFINITY : this.endsAt - this.#startedAt
  }

  get ageMs(): number {
    return Math.max(
      this.#clock.now() - this.#startedAt,
      this.#clock.monotonic() - this.#startedMonotonic,
    )
  }

  /** Milliseconds left; negative once it is over. */
  get remainingMs(): number {
    return this.lengthMs - this.ageMs
  }

  /** Milliseconds left if the slower clock is right: only when these are over has it surely ended. */
  get longestRemainingMs(): number {
    const wall = this.#clock.now() - this.#startedAt
    const monotonic = this.#clock.monotonic() - this.#startedMonotonic
    return this.lengthMs - Math.min(wall, monotonic)
  }

  /**
   * Milliseconds until it is over, or, once it is, until it surely has been for `marginMs`; `Infinity`
   * when both have passed.
   */
  untilNext(marginMs: number): number {
    const moments = [this.remainingMs, this.longestRemainingMs + marginMs + 1]
    return Math.min(...moments.filter((ms) => ms > 0))
  }
}
