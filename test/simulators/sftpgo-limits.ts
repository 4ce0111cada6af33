import type { SimulatorClock } from './simulator-clock.ts'

export interface DefenderOptions {
  /** The points at which an address is banned; 15 by default. */
  readonly threshold?: number
  /** 30 minutes by default. */
  readonly banMs?: number
  /** How much each request from a banned address extends the ban, in percent of `banMs`; 50 by default. */
  readonly incrementPercent?: number
  /** How long points count; 30 minutes by default. */
  readonly observationMs?: number
  /** Delays responses to failed logins by one second, and to failed keys of users by two; off by default. */
  readonly delays?: boolean
}

/** The events an address gets points for, and how many. */
export const POINTS = {
  wrongPassword: 1,
  unknownUser: 2,
  forbiddenLogin: 1,
  unknownKey: 2,
  wrongKeySecret: 1,
  keyRefusedByAdmin: 1,
  /** Counted twice. */
  keyRefusedByUser: 2,
  keyOfUnknownAdmin: 2,
  keyOfUnknownUser: 4,
  keyOfWrongScope: 1,
  crowd: 3,
} as const

interface Points {
  readonly points: number
  readonly at: number
}

/** Failures add up per address; an address with too many is banned, and each request extends the ban. */
export class Defender {
  readonly #clock: SimulatorClock
  readonly #threshold: number
  readonly #banMs: number
  readonly #incrementMs: number
  readonly #observationMs: number
  readonly delays: boolean
  readonly #points = new Map<string, readonly Points[]>()
  readonly #bannedUntil = new Map<string, number>()

  constructor(clock: SimulatorClock, options: DefenderOptions) {
    const { threshold = 15, banMs = 1_800_000, incrementPercent = 50 } = options
    this.#clock = clock
    this.#threshold = threshold
    this.#banMs = banMs
    this.#incrementMs = (banMs * incrementPercent) / 100
    this.#observationMs = options.observationMs ?? 1_800_000
    this.delays = options.delays ?? false
  }

  /** The remaining ban of the address, in milliseconds; 0 if it is not banned. */
  bannedForMs(ip: string): number {
    return Math.max(0, (this.#bannedUntil.get(ip) ?? 0) - this.#clock.now())
  }

  /** The end of the ban of the address, by the service's clock; 0 if it is not banned. */
  bannedUntil(ip: string): number {
    return this.bannedForMs(ip) === 0 ? 0 : (this.#bannedUntil.get(ip) ?? 0)
  }

  /** True for a request from a banned address, which extends the ban. */
  refuses(ip: string): boolean {
    const until = this.bannedUntil(ip)
    if (until === 0) return false
    this.#bannedUntil.set(ip, until + this.#incrementMs)
    return true
  }

  failed(ip: string, points: number): void {
    const now = this.#clock.now()
    const recent = (this.#points.get(ip) ?? []).filter(({ at }) => now - at < this.#observationMs)
    const all = [...recent, { points, at: now }]
    this.#points.set(ip, all)
    if (all.reduce((sum, each) => sum + each.points, 0) < this.#threshold) return
    this.#points.delete(ip)
    this.#bannedUntil.set(ip, now + this.#banMs)
  }
}

export interface RateOptions {
  /** The rate of requests per period. */
  readonly average: number
  readonly periodMs: number
  /** The burst; 1 by default. */
  readonly burst?: number
}

/** The decision of a limiter on a request. */
export type Rate =
  | { readonly ok: true; readonly waitMs: number }
  | { readonly ok: false; readonly waitMs: number }

/** The longest time that a request is queued. */
const LONGEST_WAIT_MS = 10_000

/** A token bucket per address. A request is queued, but not for long. */
export class RateLimiter {
  readonly #clock: SimulatorClock
  readonly #everyMs: number
  readonly #longestMs: number
  readonly #burst: number
  readonly #buckets = new Map<string, { left: number; at: number }>()

  constructor(clock: SimulatorClock, { average, periodMs, burst = 1 }: RateOptions) {
    this.#clock = clock
    this.#everyMs = periodMs / average
    const perSecond = Math.floor((1_000 * average) / periodMs)
    const longestMs = perSecond < 1 ? periodMs / 2 : 1_000 / (2 * perSecond)
    this.#longestMs = Math.min(longestMs, LONGEST_WAIT_MS)
    this.#burst = burst
  }

  /** How long the request must wait; one that would wait too long is refused and uses no token. */
  take(ip: string): Rate {
    const now = this.#clock.now()
    const bucket = this.#buckets.get(ip) ?? { left: this.#burst, at: now }
    const filled = bucket.left + (now - bucket.at) / this.#everyMs
    const left = Math.min(this.#burst, filled) - 1
    const waitMs = Math.max(0, -left * this.#everyMs)
    if (waitMs > this.#longestMs) return { ok: false, waitMs }
    this.#buckets.set(ip, { left, at: now })
    return { ok: true, waitMs }
  }
}
