import type { Clock } from '../../base/clock.ts'
import { type ErrorCode, isTokentrayError, TokentrayError } from '../../base/errors.ts'
import { Backoff } from './backoff.ts'

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
export type Caller = 'person' | 'program'

/**
 * Keeps one account from pestering its service: after "too many tries" nothing is sent until the
 * time that the service named, after an outage pauses grow from one second to one minute.
 */
export class Throttle {
  readonly #clock: Clock
  readonly #backoff: Backoff
  #reason: TokentrayError | null = null

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#backoff = new Backoff(clock, random)
  }

  /** Throws `refusal`. */
  check(caller: Caller = 'program'): void {
    const refusal = this.refusal(caller)
    if (refusal) throw refusal
  }

  /**
   * What the service said last, with `retryAt`, while it wants to be left alone; else `null`. A
   * person who asks may try again after an outage at once, but not before a limit is over.
   */
  refusal(caller: Caller = 'program'): TokentrayError | null {
    const reason = this.#reason
    const { retryAt } = this.#backoff
    if (!reason || retryAt === null || retryAt <= this.#clock.now()) return null
    if (caller === 'person' && reason.code !== 'rate_limited') return null
    return new TokentrayError(reason.code, `A moment ago: ${reason.message}`, {
      hint: reason.hint,
      retryAt,
      cause: reason,
    })
  }

  /** Runs a call to the service and learns from how it ends. */
  async watch<Value>(call: () => Promise<Value>): Promise<Value> {
    try {
      const value = await call()
      this.#backoff.succeeded()
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
    this.#reason = error
    this.#backoff.failed()
    this.#backoff.pause(error.retryAt)
  }
}
