import type { Clock } from '../clock.ts'

/** How long background work runs before it yields to requests. */
const PIECE_MS = 0.25
/** Background work gets a turn after this time, however many requests follow each other. */
const LONGEST_WAIT_MS = 5
/** A longer request is itself waiting for a service or the user, and background work does not delay it. */
const LONG_MS = 50

/** Long work in small slices. */
export interface Pieces {
  /** True once the current slice is used up. */
  readonly isOver: boolean
  /** Resolves when the next slice may start. */
  next(): Promise<void>
}

/**
 * Makes long background work yield to requests: it runs in small slices, one per turn of the event loop, and
 * none while a request is in progress, unless that takes long. Costs nothing without background work.
 */
export class Precedence {
  readonly #clock: Clock
  readonly #waiting: (() => void)[] = []
  #ahead = 0
  /** When the latest request began, by the monotonic clock. */
  #latestAt = Number.NEGATIVE_INFINITY
  #isArmed = false
  /** Cancels the end of the wait for requests; `null` while no work waits for them. */
  #stopWaiting: (() => void) | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A request is in progress until the returned function is called; calling it again does nothing. */
  goesFirst(): () => void {
    let isAhead = true
    this.#ahead += 1
    this.#latestAt = this.#clock.monotonic()
    return () => {
      if (!isAhead) return
      isAhead = false
      this.#ahead -= 1
      if (this.#ahead === 0) this.#resume()
    }
  }

  /** Starts background work, which checks `isOver` often and then waits for `next`. */
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

  /** After the requests that arrived meanwhile have been read. */
  #arm(): void {
    if (this.#isArmed) return
    this.#isArmed = true
    setImmediate(() => {
      if (!this.#isRequestAhead) this.#release()
      else this.#stopWaiting = this.#clock.after(LONGEST_WAIT_MS, () => this.#release())
    })
  }

  get #isRequestAhead(): boolean {
    return this.#ahead > 0 && this.#clock.monotonic() - this.#latestAt < LONG_MS
  }

  #resume(): void {
    if (!this.#stopWaiting) return
    this.#stopWaiting()
    this.#release()
  }

  /** Releases one only, so that two take no longer than one between two turns of the event loop. */
  #release(): void {
    this.#stopWaiting = null
    this.#isArmed = false
    this.#waiting.shift()?.()
    if (this.#waiting.length > 0) this.#arm()
  }
}
