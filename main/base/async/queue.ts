/** Runs tasks in order, at most `width` at a time. */
export class Queue {
  readonly #width: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(width: number) {
    this.#width = width
  }

  /** Settles as `work` does; a failure does not stop the queue. */
  async run<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#running < this.#width) this.#running += 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      // The next in line takes over the slot, so that a newcomer cannot overtake it.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
    }
  }

  /** Resolves when a queue of width 1 has finished everything queued before, successful or not. */
  settled(): Promise<void> {
    return this.run(() => Promise.resolve())
  }
}
