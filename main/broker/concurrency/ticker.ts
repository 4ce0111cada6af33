import type { Clock } from '../../base/clock.ts'

const LONGEST_WAIT_MS = 30_000
/** A larger difference between the two clocks means that the machine slept or a clock was set. */
const JUMP_MS = 5_000

/** A deadline for work with no known time. */
export const FAR = Number.MAX_SAFE_INTEGER

interface TickerActions {
  /**
   * Does what is due, with `isDue` for a deadline that has come rather than the 30 s. Returns the next
   * deadline (epoch milliseconds), which may lie further ahead than anything that is known while there
   * is something to look after, or `Infinity` while there is nothing: then no tick comes until `arm`.
   */
  tick(isDue: boolean): number
  /** The machine slept, or its clock was set: the network may be another one now. */
  jumped(): void
  /** One of the two threw; the timer goes on. */
  failed(error: unknown): void
}

/**
 * The one timer of the broker, armed for the nearer of the next deadline and 30 s; not at all while
 * there is nothing to wait for. Each tick holds the wall clock against the monotonic one.
 */
export class Ticker {
  readonly #clock: Clock
  readonly #actions: TickerActions
  #cancel: (() => void) | null = null
  /** Monotonic, because the timer is: a wall clock that is set must not hide a nearer deadline. */
  #firesAt = Number.POSITIVE_INFINITY
  /** Epoch milliseconds; may lie beyond the 30 s. */
  #deadline = Number.POSITIVE_INFINITY
  #drift: number
  #running = false

  constructor(clock: Clock, actions: TickerActions) {
    this.#clock = clock
    this.#actions = actions
    this.#drift = clock.now() - clock.monotonic()
  }

  start(): void {
    this.#running = true
    this.#fire()
  }

  stop(): void {
    this.#running = false
    this.#cancel?.()
  }

  /** Makes sure that a tick comes no later than this moment, epoch milliseconds, and within 30 s. */
  arm(deadline: number): void {
    this.#deadline = Math.min(this.#deadline, deadline)
    // Whole, and never zero: what is left of a deadline may be too little to move the clock.
    const left = Math.max(Math.ceil(deadline - this.#clock.now()), 1)
    const waitMs = Math.min(left, LONGEST_WAIT_MS)
    const firesAt = this.#clock.monotonic() + waitMs
    if (!this.#running || firesAt >= this.#firesAt) return
    this.#cancel?.()
    this.#firesAt = firesAt
    this.#cancel = this.#clock.after(waitMs, () => this.#fire())
  }

  /** There may be something to look after now: a tick comes within 30 s. */
  wake(): void {
    if (this.#running && this.#firesAt === Number.POSITIVE_INFINITY) this.arm(FAR)
  }

  /** Ticks now if the clocks have parted: after a sleep the timer comes up to 30 s late. */
  catchUp(): void {
    if (this.#running && this.#hasJumped()) this.#fire()
  }

  #hasJumped(): boolean {
    const drift = this.#clock.now() - this.#clock.monotonic()
    return Math.abs(drift - this.#drift) > JUMP_MS
  }

  #fire(): void {
    const jumped = this.#hasJumped()
    const isDue = jumped || this.#clock.now() >= this.#deadline
    this.#drift = this.#clock.now() - this.#clock.monotonic()
    this.#cancel?.()
    this.#firesAt = Number.POSITIVE_INFINITY
    this.#deadline = Number.POSITIVE_INFINITY
    let next = FAR
    try {
      if (jumped) this.#actions.jumped()
      next = this.#actions.tick(isDue)
    } catch (error) {
      this.#actions.failed(error)
    }
    if (next < Number.POSITIVE_INFINITY) this.arm(next)
  }
}
