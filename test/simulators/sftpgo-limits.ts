import type { SimulatorClock } from './simulator-clock.ts'

export interface DefenderOptions {
  /** Points that may be reached without a ban. */
  readonly threshold?: number
  readonly banMs?: number
}

export interface RateOptions {
  readonly requests: number
  readonly windowMs: number
}

/** Failed logins add up for each address; over the threshold it is banned. */
export class Defender {
  readonly #clock: SimulatorClock
  readonly #threshold: number
  readonly #banMs: number
  readonly #scores = new Map<string, number>()
  readonly #bannedUntil = new Map<string, number>()

  constructor(clock: SimulatorClock, { threshold = 15, banMs = 1_800_000 }: DefenderOptions) {
    this.#clock = clock
    this.#threshold = threshold
    this.#banMs = banMs
  }

  isBanned(ip: string): boolean {
    return (this.#bannedUntil.get(ip) ?? 0) > this.#clock.now()
  }

  /** An unknown account weighs twice as much as a wrong password. */
  failed(ip: string, known: boolean): void {
    const score = (this.#scores.get(ip) ?? 0) + (known ? 1 : 2)
    this.#scores.set(ip, score)
    if (score <= this.#threshold) return
    this.#scores.delete(ip)
    this.#bannedUntil.set(ip, this.#clock.now() + this.#banMs)
  }
}

/** So many requests in a window that begins with the first. */
export class RateLimiter {
  readonly #clock: SimulatorClock
  readonly #options: RateOptions
  #windowEnds = 0
  #left = 0

  constructor(clock: SimulatorClock, options: RateOptions) {
    this.#clock = clock
    this.#options = options
  }

  /** Milliseconds to wait; 0 if the request may pass, which is then counted. */
  take(): number {
    const now = this.#clock.now()
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + this.#options.windowMs
      this.#left = this.#options.requests
    }
    if (this.#left === 0) return this.#windowEnds - now
    this.#left -= 1
    return 0
  }
}
