import { setImmediate as endOfTurn } from 'node:timers/promises'
import type { Clock } from '../../main/base/clock.ts'

interface Timer {
  readonly at: number
  readonly action: () => void
}

/** A clock that stands still until a test advances it. */
export class FakeClock implements Clock {
  #wall: number
  #monotonic = 1_000
  #timers: readonly Timer[] = []

  constructor(startsAt: number = Date.UTC(2026, 0, 1)) {
    this.#wall = startsAt
  }

  now(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#monotonic
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#monotonic + Math.max(ms, 0), action }
    this.#timers = [...this.#timers, timer].sort((a, b) => a.at - b.at)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** The number of armed timers. */
  get armed(): number {
    return this.#timers.length
  }

  /**
   * Advances both clocks by `ms`. Timers that become due run in order, each at its own time, and the
   * work they start runs before the next one.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms
    await endOfTurn()
    for (let due = this.#nextUntil(end); due; due = this.#nextUntil(end)) {
      this.#moveTo(due.at)
      this.#timers = this.#timers.filter((timer) => timer !== due)
      due.action()
      await endOfTurn()
    }
    this.#moveTo(end)
  }

  /** Advances both clocks without running timers, as while work is busy. */
  stall(ms: number): void {
    this.#moveTo(this.#monotonic + ms)
  }

  /** Sets the wall clock forward, or back with a negative `ms`. */
  jumpWall(ms: number): void {
    this.#wall += ms
  }

  /** Lets the machine sleep: the wall clock advances, the monotonic clock and its timers do not. */
  sleep(ms: number): void {
    this.#wall += ms
  }

  #nextUntil(end: number): Timer | undefined {
    const first = this.#timers[0]
    return first && first.at <= end ? first : undefined
  }

  #moveTo(monotonic: number): void {
    const step = Math.max(monotonic - this.#monotonic, 0)
    this.#monotonic += step
    this.#wall += step
  }
}
