import { type Clock, Lifetime } from '../../base/clock.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** The failures in a row of something that is tried again, and the pause before the next try. */
export class Backoff {
  readonly #clock: Clock
  readonly #random: () => number
  #failures = 0
  #pause: Lifetime | null = null

  /** `random` is 0 to 1. */
  constructor(clock: Clock, random = Math.random) {
    this.#clock = clock
    this.#random = random
  }

  /** When the pause is over or was, epoch milliseconds; `null` while there is none. */
  get retryAt(): number | null {
    return this.#pause && this.#clock.now() + this.#pause.remainingMs
  }

  /** One more failure: the next pause that grows is longer. */
  failed(): void {
    this.#failures += 1
  }

  /** From now on failures are counted anew. */
  succeeded(): void {
    this.#failures = 0
    this.tried()
  }

  /** A try has begun: there is no pause until it has failed. */
  tried(): void {
    this.#pause = null
  }

  /**
   * Begins a pause until `retryAt` where the service named it, but never so short that it would be asked
   * without end; else one that grows with the failures, half of it by chance, so that retries spread.
   * Returns its end, epoch milliseconds.
   */
  pause(retryAt?: number): number {
    const now = this.#clock.now()
    return this.pauseUntil(Math.max(retryAt ?? now + this.#growingMs(), now + FIRST_PAUSE_MS / 2))
  }

  /** Begins a pause until this moment, epoch milliseconds, and returns it. */
  pauseUntil(endsAt: number): number {
    this.#pause = new Lifetime(this.#clock, endsAt)
    return endsAt
  }

  #growingMs(): number {
    const doublings = Math.min(Math.max(this.#failures, 1) - 1, 16)
    const full = Math.min(FIRST_PAUSE_MS * 2 ** doublings, LONGEST_PAUSE_MS)
    return full * (0.5 + 0.5 * this.#random())
  }
}
