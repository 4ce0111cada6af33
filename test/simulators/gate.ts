import type { RecordedRequest } from './simulator.ts'

type Which = (request: RecordedRequest) => boolean

interface Hold {
  readonly which: Which
  readonly released: Promise<void>
}

/** Holds finished responses until a test releases them. */
export class Gate {
  readonly #holds = new Set<Hold>()
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = []
  #held = 0

  /** Holds the responses to these requests, which are served before; returns a function that releases them. */
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

  /** Resolves once that many responses are held. */
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
