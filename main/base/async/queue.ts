/** Runs pieces of work, so many at a time, in the order in which they came. */
export class Queue {
  readonly #width: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(width: number) {
    this.#width = width
  }

  /** Settles as `work` does; a failure holds up nobody. */
  async run<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#running < this.#width) this.#running += 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      // The next in line takes over this place, so that nobody who comes now can slip past it.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
    }
  }

  /** Resolves when a queue of width 1 has ended what was asked for before, however it ended. */
  settled(): Promise<void> {
    return this.run(() => Promise.resolve())
  }
}
