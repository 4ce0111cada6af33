import { type Clock, Lifetime } from '../../base/clock.ts'

/** Counts events of the last `ms` milliseconds, by key, and says when there were too many. */
export class RateWindow {
  readonly #clock: Clock
  readonly #most: number
  readonly #ms: number
  readonly #counted = new Map<string, readonly Lifetime[]>()

  constructor(clock: Clock, most: number, ms: number) {
    this.#clock = clock
    this.#most = most
    this.#ms = ms
  }

  /**
   * Counts an event and returns `null`. If `most` were counted already, it counts nothing and returns when
   * the next one will be counted, epoch milliseconds. A wall clock that is set back does not extend that.
   */
  count(key = ''): number | null {
    const now = this.#clock.now()
    const recent = (this.#counted.get(key) ?? []).filter((each) => each.remainingMs > 0)
    const [oldest] = recent
    if (oldest && recent.length >= this.#most) return now + oldest.remainingMs
    this.#counted.set(key, [...recent, new Lifetime(this.#clock, now + this.#ms)])
    return null
  }
}
