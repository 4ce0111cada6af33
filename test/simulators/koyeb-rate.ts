import type { SimulatorClock } from './simulator-clock.ts'

export interface KoyebRate {
  readonly requests: number
  readonly windowMs: number
}

/** A limit of requests in a window that starts with the first; each response states how many are left. */
export class KoyebLimiter {
  readonly #clock: SimulatorClock
  readonly #rate: KoyebRate
  #windowEnds = 0
  #count = 0

  constructor(clock: SimulatorClock, rate: KoyebRate) {
    this.#clock = clock
    this.#rate = rate
  }

  /** False for a request over the limit. */
  take(): boolean {
    const now = this.#clock.now()
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + this.#rate.windowMs
      this.#count = 0
    }
    this.#count += 1
    return this.#count <= this.#rate.requests
  }

  /** The rest of the window, in whole seconds; there is no `Retry-After`. */
  headers(): Readonly<Record<string, string>> {
    const { requests } = this.#rate
    return {
      'x-ratelimit-limit': String(requests),
      'x-ratelimit-remaining': String(Math.max(requests - this.#count, 0)),
      'x-ratelimit-reset': String(Math.ceil((this.#windowEnds - this.#clock.now()) / 1000)),
    }
  }
}
