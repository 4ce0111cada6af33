import type { Clock } from '../base/clock.ts'

const LONGEST_WAIT_MS = 30_000
/** A difference between the two clocks that no ordinary delay explains. */
const JUMP_MS = 5_000

interface TickerActions {
  /** Does what is due; returns the next deadline (epoch milliseconds) or `Infinity`. */
  tick(): number
  /** The machine slept, or its clock was set: the network may be another one now. */
  jumped(): void
  /** One of the two threw; the timer goes on. */
  failed(error: unknown): void
}

/**
 * The one timer of the broker, armed for the nearer of the next deadline and 30 s. Each tick holds
 * the wall clock against the monotonic one.
 */
export class Ticker {
  readonly #clock: Clock
  readonly #actions: TickerActions
  #cancel: (() => void) | null = null
  /** Monotonic, because the timer is: a wall clock that is set must not hide a nearer deadline. */
  #firesAt = Number.POSITIVE_INFINITY
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

  /** Makes sure that a tick comes no later than this moment, epoch milliseconds. */
  arm(deadline: number): void {
    // Whole, and never zero: what is left of a deadline may be too little to move the clock.
    const waitMs = Math.max(Math.ceil(deadline - this.#clock.now()), 1)
    const firesAt = this.#clock.monotonic() + waitMs
    if (!this.#running || firesAt >= this.#firesAt) return
    this.#cancel?.()
    this.#firesAt = firesAt
    this.#cancel = this.#clock.after(waitMs, () => this.#fire())
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
    this.#drift = this.#clock.now() - this.#clock.monotonic()
    this.#cancel?.()
    this.#firesAt = Number.POSITIVE_INFINITY
    let next = Number.POSITIVE_INFINITY
    try {
      if (jumped) this.#actions.jumped()
      next = this.#actions.tick()
    } catch (error) {
      this.#actions.failed(error)
    }
    this.arm(Math.min(next, this.#clock.now() + LONGEST_WAIT_MS))
  }
}
