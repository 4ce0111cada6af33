/** The time at a simulated service: real unless a test advances it or provides a clock. */
export class SimulatorClock {
  readonly #base: () => number
  #ahead = 0

  constructor(base: () => number = Date.now) {
    this.#base = base
  }

  /** Epoch milliseconds, by the service's clock. */
  now(): number {
    return this.#base() + this.#ahead
  }

  /** Advances the service's clock; a negative number sets it back. */
  advance(ms: number): void {
    this.#ahead += ms
  }
}
