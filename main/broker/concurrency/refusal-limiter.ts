import type { Clock } from '../../base/clock.ts'
import { Lifetime } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'

const MOST = 5
const WINDOW_MS = 300_000

/**
 * A tool that calls every token refused would cost a login for each call, and a service may ban us
 * for them: so many refusals of one account are believed in five minutes, and no more.
 */
export class Refusals {
  readonly #clock: Clock
  readonly #believed = new Map<string, readonly Lifetime[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts one; throws `rate_limited` when there were too many. */
  count(accountUid: string): void {
    const now = this.#clock.now()
    const recent = (this.#believed.get(accountUid) ?? []).filter((each) => each.remainingMs > 0)
    const [oldest] = recent
    if (oldest && recent.length >= MOST) {
      throw new TokentrayError(
        'rate_limited',
        'Too many tokens of this account were called refused.',
        {
          hint: 'Find out why the service refuses them: rights, address, or the clock.',
          retryAt: now + oldest.remainingMs,
        },
      )
    }
    this.#believed.set(accountUid, [...recent, new Lifetime(this.#clock, now + WINDOW_MS)])
  }
}
