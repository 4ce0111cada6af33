import type { Clock } from '../../base/clock.ts'

const LONGEST_WAIT_MS = 30_000
/** A larger difference between the two clocks means that the machine slept or a clock was set. */
const JUMP_MS = 5_000

/** A deadline for work with no known time. */
export const FAR = Number.MAX_SAFE_INTEGER

interface TickerActions {
  /**
   * Does what is due; `isDue` is true at a deadline, false at the regular 30 s. Returns the next deadline
   * (epoch milliseconds), `FAR` if there is work without a known time, or `Infinity` if there is no work:
   * then no tick comes until `arm` or `wake`.
   */
  tick(isDue: boolean): number
  /** The machine slept, or its clock was set: the network may have changed. */
  jumped(): void
  /** One of the two threw; the timer keeps running. */
  failed(error: unknown): void
}

/**
 * The only timer of the broker: fires at the next deadline, but within 30 s; not armed while there is
 * nothing to wait for. Each tick compares the wall clock with the monotonic one.
 */
export class Ticker {
  readonly #clock: Clock
  readonly #actions: TickerActions
  #cancel: (() => void) | null = null
  /** Monotonic, like the timer: setting the wall clock must not hide a nearer deadline. */
  #firesAt = Number.POSITIVE_INFINITY
  /** Epoch milliseconds; may be more than 30 s ahead. */
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

  /** Ensures a tick by this time (epoch milliseconds), and within 30 s. */
  arm(deadline: number): void {
    this.#deadline = Math.min(this.#deadline, deadline)
    // Whole milliseconds, at least one: a fraction may be too short for the clock to advance.
    const left = Math.max(Math.ceil(deadline - this.#clock.now()), 1)
    const waitMs = Math.min(left, LONGEST_WAIT_MS)
    const firesAt = this.#clock.monotonic() + waitMs
    if (!this.#running || firesAt >= this.#firesAt) return
    this.#cancel?.()
    this.#firesAt = firesAt
    this.#cancel = this.#clock.after(waitMs, () => this.#fire())
  }

  /** There may be work now: ensures a tick within 30 s. */
  wake(): void {
    if (this.#running && this.#firesAt === Number.POSITIVE_INFINITY) this.arm(FAR)
  }

  /** Ticks now if the clocks differ: after a sleep the timer may be up to 30 s late. */
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
