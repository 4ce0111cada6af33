/** The time at a simulated service: real unless a test moves it or brings a clock of its own. */
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

  /** Moves the service's clock; back with a negative number. */
  advance(ms: number): void {
    this.#ahead += ms
  }
}
