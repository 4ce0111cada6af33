import type { Clock } from '../../base/clock.ts'
import { Lifetime } from '../../base/clock.ts'
import { type ErrorCode, isTokentrayError, TokentrayError } from '../../base/errors.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/**
 * What a service says that is no answer. A wrong page counts: it is what a captive portal or a wrong
 * address sends, and asking again at once gets the same.
 */
const REASONS: readonly ErrorCode[] = [
  'rate_limited',
  'temporarily_unavailable',
  'unexpected_answer',
]

/** Who wants to call the service. */
export type Asker = 'person' | 'program'

/**
 * Keeps one account from pestering its service: after "too many tries" nothing is sent until the
 * time that the service named, after an outage pauses grow from one second to one minute.
 */
export class Throttle {
  readonly #clock: Clock
  readonly #random: () => number
  #failures = 0
  #reason: TokentrayError | null = null
  #pause: Lifetime | null = null

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  /** Throws `refusal`. */
  check(asker: Asker = 'program'): void {
    const refusal = this.refusal(asker)
    if (refusal) throw refusal
  }

  /**
   * What the service said last, with `retryAt`, while it wants to be left alone; else `null`. A
   * person who asks may try again after an outage at once, but not before a limit is over.
   */
  refusal(asker: Asker = 'program'): TokentrayError | null {
    const reason = this.#reason
    const leftMs = this.#pause?.remainingMs ?? 0
    if (!reason || leftMs <= 0) return null
    if (asker === 'person' && reason.code !== 'rate_limited') return null
    return new TokentrayError(reason.code, `A moment ago: ${reason.message}`, {
      hint: reason.hint,
      retryAt: this.#clock.now() + leftMs,
      cause: reason,
    })
  }

  /** Runs a call to the service and learns from how it ends. */
  async watch<Value>(call: () => Promise<Value>): Promise<Value> {
    try {
      const value = await call()
      this.#failures = 0
      this.#reason = null
      return value
    } catch (error) {
      if (isTokentrayError(error)) this.#learn(error)
      throw error
    }
  }

  #learn(error: TokentrayError): void {
    // That its host is left alone is kept where it counts for every account.
    if (error.silentHost !== undefined || !REASONS.includes(error.code)) return
    this.#failures += 1
    this.#reason = error
    this.#pause = startPause(this.#clock, this.#failures, this.#random(), error.retryAt)
  }
}

/**
 * The pause after so many failures in a row; half of it is chance, so that retries spread. Until
 * `retryAt` where the service named it, but never so short that it would be asked without end.
 */
export function startPause(
  clock: Clock,
  failures: number,
  random: number,
  retryAt: number | undefined,
): Lifetime {
  const now = clock.now()
  const end = retryAt === undefined ? now + pauseMs(failures, random) : retryAt
  return new Lifetime(clock, Math.max(end, now + FIRST_PAUSE_MS / 2))
}

/** Milliseconds to wait after so many failures in a row; `random` is 0 to 1. */
export function pauseMs(failures: number, random: number): number {
  const full = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 16), LONGEST_PAUSE_MS)
  return full * (0.5 + 0.5 * random)
}
