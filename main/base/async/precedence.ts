import type { Clock } from '../clock.ts'

/** How long a piece of background work goes on before it asks whether others go first. */
const PIECE_MS = 0.25
/** However many come one after the other, background work gets a turn in this time. */
const LONGEST_WAIT_MS = 5
/** What takes longer waits for a service or a person itself, and is not held up by a piece. */
const LONG_MS = 50

/** Long work in small pieces. */
export interface Pieces {
  /** True once it has gone on for as long as it may at once. */
  readonly isOver: boolean
  /** Resolves when it is its turn again. */
  next(): Promise<void>
}

/**
 * Lets long background work of this process stand back while somebody waits for an answer: it goes on in
 * small pieces, one between two turns of the event loop, and none while a request is under way, unless
 * that takes long. Costs nothing while no such work is under way.
 */
export class Precedence {
  readonly #clock: Clock
  readonly #waiting: (() => void)[] = []
  #ahead = 0
  /** When the latest of them came, by the monotonic clock. */
  #latestAt = Number.NEGATIVE_INFINITY
  #isArmed = false
  /** Takes back the end of the wait for those that go first; `null` while nobody waits for them. */
  #stopWaiting: (() => void) | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Somebody waits for an answer until the returned function is called, which may be more than once. */
  goesFirst(): () => void {
    let isAhead = true
    this.#ahead += 1
    this.#latestAt = this.#clock.monotonic()
    return () => {
      if (!isAhead) return
      isAhead = false
      this.#ahead -= 1
      if (this.#ahead === 0) this.#goOn()
    }
  }

  /** A piece of work begins, which asks `isOver` as often as it can, and then waits for its turn. */
  pieces(): Pieces {
    const clock = this.#clock
    let startedAt = clock.monotonic()
    return {
      get isOver() {
        return clock.monotonic() - startedAt >= PIECE_MS
      },
      next: async () => {
        await this.#turn()
        startedAt = clock.monotonic()
      },
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#arm()
    })
  }

  /** After the requests have been read that came meanwhile. */
  #arm(): void {
    if (this.#isArmed) return
    this.#isArmed = true
    setImmediate(() => {
      if (!this.#isSomebodyAhead) this.#release()
      else this.#stopWaiting = this.#clock.after(LONGEST_WAIT_MS, () => this.#release())
    })
  }

  get #isSomebodyAhead(): boolean {
    return this.#ahead > 0 && this.#clock.monotonic() - this.#latestAt < LONG_MS
  }

  #goOn(): void {
    if (!this.#stopWaiting) return
    this.#stopWaiting()
    this.#release()
  }

  /** One of them, so that two take no longer than one before others have their turn. */
  #release(): void {
    this.#stopWaiting = null
    this.#isArmed = false
    this.#waiting.shift()?.()
    if (this.#waiting.length > 0) this.#arm()
  }
}
