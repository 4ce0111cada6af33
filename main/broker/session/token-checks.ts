import type { Clock } from '../../base/clock.ts'
import type { Driver, FormValues, Provider } from '../../providers/provider.ts'
import { Backoff } from '../concurrency/backoff.ts'
import { SingleFlight } from '../concurrency/single-flight.ts'
import type { HeldToken } from '../ledger/ledger.ts'
import type { Calls } from '../service/driver-calls.ts'
import { isSameService, withTransportOf } from '../service/same-service.ts'

interface TokenChecksPorts {
  readonly calls: Calls
  readonly clock: Clock
  readonly random: () => number
  /** The account of the tokens, as it is now. */
  readonly account: () => { readonly provider: Provider; readonly values: FormValues }
  /** Aborted when the broker stops. */
  readonly stopped: AbortSignal
}

/**
 * Which tokens of an account its service is known to accept. After anything that may have changed that, a
 * token is checked before it is next issued.
 */
export class TokenChecks {
  readonly #ports: TokenChecksPorts
  readonly #flights = new SingleFlight<HeldToken, boolean>()
  /** Separate, so that a failing probe does not prevent logins. */
  readonly #backoff: Backoff
  #valid = new WeakSet<HeldToken>()
  /** A lease's token was refused, so the next one may be refused as well. */
  #suspicious = false
  /** From before the user's last login. */
  readonly #invalidated = new WeakSet<HeldToken>()
  readonly #refused = new WeakSet<HeldToken>()
  readonly #rejected = new WeakSet<HeldToken>()

  constructor(ports: TokenChecksPorts) {
    this.#ports = ports
    this.#backoff = new Backoff(ports.clock, ports.random)
  }

  /** The service has just issued or accepted this token. */
  markValid(held: HeldToken): void {
    this.#valid.add(held)
    this.#invalidated.delete(held)
  }

  /** A tool reports a lease's token as refused, though the token may not be the cause. */
  markSuspicious(): void {
    this.#suspicious = true
  }

  /**
   * Assumes that a new token is valid, unless the previous one was refused: then the new one is checked,
   * and this is false if the service refuses it as well.
   */
  async checkNew(held: HeldToken, driver: Driver): Promise<boolean> {
    if (!this.#suspicious) this.markValid(held)
    const isGood = await this.check(held, driver)
    // A check that failed proves nothing.
    if (this.isValid(held) || !driver.probe) this.#suspicious = false
    return isGood
  }

  /** True for a token that can be issued again without a check. */
  isValid(held: HeldToken): boolean {
    return this.#valid.has(held)
  }

  /** The token has to be checked before it is next issued. */
  markUnknown(held: HeldToken): void {
    this.#valid.delete(held)
  }

  /** A tool reports that the service refused it. */
  markRefused(held: HeldToken): void {
    this.markUnknown(held)
    this.#refused.add(held)
  }

  /** True for one that was refused, by a report or by a check. */
  isRefused(held: HeldToken): boolean {
    return this.#refused.has(held) || this.isRejected(held)
  }

  /** True for one that the service refused in a check. */
  isRejected(held: HeldToken): boolean {
    return this.#rejected.has(held)
  }

  markAllUnknown(): void {
    this.#valid = new WeakSet()
  }

  /**
   * The user has logged in, perhaps because tokens did not work any more: the earlier ones have to be
   * checked, and those that cannot be checked count as refused.
   */
  invalidate(tokens: readonly HeldToken[]): void {
    this.markAllUnknown()
    for (const held of tokens) this.#invalidated.add(held)
  }

  /**
   * False only if the service clearly refuses this token, or if it cannot be checked and is from before the
   * user's last login; a failed check counts as accepted. One probe for all callers, and none during backoff.
   */
  async check(held: HeldToken, driver: Driver): Promise<boolean> {
    if (this.isValid(held)) return true
    if (!driver.probe) return !this.#invalidated.has(held)
    if (this.#backoff.refusal()) return true
    return await this.#flights.run(held, async () => {
      // A result from before another reason to check says nothing about that.
      const proven = this.#valid
      const context = this.#ports.calls.context(held.provider, 'probe', this.#ports.stopped)
      const answer = await this.#backoff
        .run(async () => await driver.probe?.(held.token, this.#valuesOf(held), context))
        .catch(() => 'unknown' as const)
      if (answer === 'accepted') proven.add(held)
      if (answer === 'refused') this.#rejected.add(held)
      return answer !== 'refused'
    })
  }

  /** Security: the token is only sent to the service that it is from, which the account may have left. */
  #valuesOf(held: HeldToken): FormValues {
    const { provider, values } = this.#ports.account()
    return isSameService(provider, held.values, values)
      ? withTransportOf(held.values, values)
      : held.values
  }
}
