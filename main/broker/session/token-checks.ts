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
  /** The account whose tokens these are, as it is now. */
  readonly account: () => { readonly provider: Provider; readonly values: FormValues }
  /** Aborted when the broker stops. */
  readonly stopped: AbortSignal
}

/**
 * Which tokens of an account its service is known to accept from where we are. Whatever may have
 * changed that takes the knowledge away, and a token is then tried out before it is next handed out.
 */
export class TokenChecks {
  readonly #ports: TokenChecksPorts
  readonly #flights = new SingleFlight<HeldToken, boolean>()
  /** Of its own: a probe that does not work must not keep anybody from logging in. */
  readonly #backoff: Backoff
  #valid = new WeakSet<HeldToken>()
  /** The token of a lease was refused: perhaps the next one is as well. */
  #suspicious = false
  /** From before the last login by a person. */
  readonly #invalidated = new WeakSet<HeldToken>()
  readonly #refused = new WeakSet<HeldToken>()
  readonly #rejected = new WeakSet<HeldToken>()

  constructor(ports: TokenChecksPorts) {
    this.#ports = ports
    this.#backoff = new Backoff(ports.clock, ports.random)
  }

  /** The service gave this token, or took it, just now. */
  markValid(held: HeldToken): void {
    this.#valid.add(held)
    this.#invalidated.delete(held)
  }

  /** The service is said to have refused the token of a lease, which may not have been at fault. */
  markSuspicious(): void {
    this.#suspicious = true
  }

  /**
   * Takes a token that was made a moment ago at its word; after the one before was refused it is tried
   * out, and this is false if the service refuses it as well.
   */
  async checkNew(held: HeldToken, driver: Driver): Promise<boolean> {
    if (!this.#suspicious) this.markValid(held)
    const isGood = await this.check(held, driver)
    // One that could not be tried out proves nothing.
    if (this.isValid(held) || !driver.probe) this.#suspicious = false
    return isGood
  }

  /** True for a token that needs no second look before it is handed out again. */
  isValid(held: HeldToken): boolean {
    return this.#valid.has(held)
  }

  /** Forgets that one is good. */
  markUnknown(held: HeldToken): void {
    this.#valid.delete(held)
  }

  /** Somebody says that the service refused it. */
  markRefused(held: HeldToken): void {
    this.markUnknown(held)
    this.#refused.add(held)
  }

  /** True for one that the service has refused, or is said to have. */
  isRefused(held: HeldToken): boolean {
    return this.#refused.has(held) || this.isRejected(held)
  }

  /** True for one that the service has refused when it was tried out. */
  isRejected(held: HeldToken): boolean {
    return this.#rejected.has(held)
  }

  markAllUnknown(): void {
    this.#valid = new WeakSet()
  }

  /**
   * A person has logged in, perhaps because tokens did not work any more: these from before are in
   * doubt, and where they cannot be tried out they are not given the benefit of it.
   */
  invalidate(tokens: readonly HeldToken[]): void {
    this.markAllUnknown()
    for (const held of tokens) this.#invalidated.add(held)
  }

  /**
   * False only if the service clearly refuses this token, or if it cannot be tried out and is from
   * before the last login by a person; else it is given the benefit of the doubt. One probe for all
   * callers, and none while the last failure is fresh.
   */
  async check(held: HeldToken, driver: Driver): Promise<boolean> {
    const probe = driver.probe?.bind(driver)
    if (this.isValid(held)) return true
    if (!probe) return !this.#invalidated.has(held)
    if (this.#backoff.refusal()) return true
    return await this.#flights.run(held, async () => {
      // What is found out after another reason to doubt says nothing about it.
      const proven = this.#valid
      const context = this.#ports.calls.context(held.provider, 'probe', this.#ports.stopped)
      const answer = await this.#backoff
        .run(() => probe(held.token, this.#valuesOf(held), context))
        .catch(() => 'unknown' as const)
      if (answer === 'accepted') proven.add(held)
      if (answer === 'refused') this.#rejected.add(held)
      return answer !== 'refused'
    })
  }

  /** Security: where the token is from, which need not be where the account is now. */
  #valuesOf(held: HeldToken): FormValues {
    const { provider, values } = this.#ports.account()
    return isSameService(provider, held.values, values)
      ? withTransportOf(held.values, values)
      : held.values
  }
}
