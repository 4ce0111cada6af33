import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import { RateWindow } from './rate-window.ts'

/**
 * A tool that calls every token refused would cost a login for each call, and a service may ban us
 * for them: five refusals of one account are believed in five minutes, and no more.
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
    const message = 'Too many tokens of this account were called refused.'
    const hint = 'Find out why the service refuses them: rights, address, or the clock.'
    throw new TokentrayError('rate_limited', message, { hint, retryAt })
  }
}
