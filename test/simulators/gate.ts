import type { RecordedRequest } from './simulator.ts'

type Which = (request: RecordedRequest) => boolean

interface Hold {
  readonly which: Which
  readonly released: Promise<void>
}

/** Keeps finished answers back until a test lets them go. */
export class Gate {
  readonly #holds = new Set<Hold>()
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = []
  #held = 0

  /** Holds the answers to these requests, which have been served by then; returns what lets go. */
  hold(which: Which = () => true): () => void {
    let release = () => {}
    const hold: Hold = {
      which,
      released: new Promise((resolve) => {
        release = resolve
      }),
    }
    this.#holds.add(hold)
    return () => {
      this.#holds.delete(hold)
      release()
    }
  }

  /** Resolves once that many answers are being held. */
  held(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve })
      this.#tell()
    })
  }

  async pass(request: RecordedRequest): Promise<void> {
    for (const hold of this.#holds) {
      if (!hold.which(request)) continue
      this.#held += 1
      this.#tell()
      await hold.released
      this.#held -= 1
    }
  }

  #tell(): void {
    for (const { count, resolve } of this.#waiting) if (this.#held >= count) resolve()
  }
}
