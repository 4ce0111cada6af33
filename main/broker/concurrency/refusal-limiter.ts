import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import { RateWindow } from './rate-window.ts'

/**
 * Limits reports of refused tokens to five for each account in five minutes. Otherwise a tool that reports
 * every token would cost a login for each, and services block clients for that.
 */
export class RefusalLimiter {
  readonly #believed: RateWindow

  constructor(clock: Clock) {
    this.#believed = new RateWindow(clock, 5, 300_000)
  }

  /** Counts one; throws `rate_limited` when there were too many. */
  count(accountUid: string): void {
    const retryAt = this.#believed.count(accountUid)
    if (retryAt === null) return
    const message = 'Too many tokens of this account were reported as refused.'
    const hint = 'Check why the service refuses them: permissions, address or clock.'
    throw new TokentrayError('rate_limited', message, {
      ...{ hint, retryAt, recordedCause: 'too_many_reports' },
    })
  }
}
