import type { SimulatorClock } from './simulator-clock.ts'

export interface DefenderOptions {
  /** At so many points an address is banned; 15 unless given. */
  readonly threshold?: number
  /** 30 minutes unless given. */
  readonly banMs?: number
  /** What each request from a banned address adds to the ban, as a part of `banMs`; 50 unless given. */
  readonly incrementPercent?: number
  /** For how long points count; 30 minutes unless given. */
  readonly observationMs?: number
  /** Answers to failed logins come a second later, to failed keys of users two; off unless given. */
  readonly delays?: boolean
}

/** What an address may get points for, and how many. */
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

/** Failures add up for each address; who has too many is banned, and longer with each request. */
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

  /** How much longer the address is banned, milliseconds; 0 if it is not. */
  bannedForMs(ip: string): number {
    return Math.max(0, (this.#bannedUntil.get(ip) ?? 0) - this.#clock.now())
  }

  /** Until when the address is banned, by the service's clock; 0 if it is not. */
  bannedUntil(ip: string): number {
    return this.bannedForMs(ip) === 0 ? 0 : (this.#bannedUntil.get(ip) ?? 0)
  }

  /** True for a request from a banned address, which makes the ban longer. */
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
  /** So many requests in a period, evenly. */
  readonly average: number
  readonly periodMs: number
  /** As many at once; 1 unless given. */
  readonly burst?: number
}

/** What a limiter says of a request. */
export type Rate =
  | { readonly ok: true; readonly waitMs: number }
  | { readonly ok: false; readonly waitMs: number }

/** The longest that a request waits for its turn. */
const LONGEST_WAIT_MS = 10_000

/** A token bucket for each address. A request waits for its turn, but not for long. */
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

  /** After how long the request has its turn; one that would wait too long takes none. */
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
