import type { Clock } from '../base/clock.ts'
import type { Driver } from '../providers/provider.ts'
import type { Calls } from './calls.ts'
import type { HeldToken } from './ledger.ts'
import { SingleFlight } from './single-flight.ts'
import { Throttle } from './throttle.ts'

interface ProofsPorts {
  readonly calls: Calls
  readonly clock: Clock
  readonly random: () => number
  /** Aborted when the broker stops. */
  readonly stopped: AbortSignal
}

/**
 * Which tokens of an account its service is known to accept from where we are. Whatever may have
 * changed that takes the knowledge away, and a token is then tried out before it is next handed out.
 */
export class Proofs {
  readonly #ports: ProofsPorts
  readonly #flights = new SingleFlight<HeldToken, boolean>()
  /** Of its own: a probe that does not work must not keep anybody from logging in. */
  readonly #throttle: Throttle
  #proven = new WeakSet<HeldToken>()
  /** The token of a lease was refused: perhaps the next one is as well. */
  #suspicious = false

  constructor(ports: ProofsPorts) {
    this.#ports = ports
    this.#throttle = new Throttle(ports.clock, ports.random)
  }

  /** The service gave this token, or took it, just now. */
  vouch(held: HeldToken): void {
    this.#proven.add(held)
  }

  /** The service is said to have refused the token of a lease, which may not have been at fault. */
  suspect(): void {
    this.#suspicious = true
  }

  /**
   * Takes a token that was made a moment ago at its word; after the one before was refused it is tried
   * out, and this is false if the service refuses it as well.
   */
  async vouchNew(held: HeldToken, driver: Driver): Promise<boolean> {
    if (!this.#suspicious) this.vouch(held)
    const isGood = await this.accepts(held, driver)
    // One that could not be tried out proves nothing.
    if (this.has(held) || !driver.probe) this.#suspicious = false
    return isGood
  }

  /** True for a token that needs no second look before it is handed out again. */
  has(held: HeldToken): boolean {
    return this.#proven.has(held)
  }

  /** Forgets one, for example because somebody says that it was refused. */
  doubt(held: HeldToken): void {
    this.#proven.delete(held)
  }

  doubtAll(): void {
    this.#proven = new WeakSet()
  }

  /**
   * False only if the service clearly refuses this token: one that cannot be tried out is given the
   * benefit of the doubt. One probe for all callers, and none while the last failure is fresh.
   */
  async accepts(held: HeldToken, driver: Driver): Promise<boolean> {
    const probe = driver.probe?.bind(driver)
    if (!probe || this.has(held) || this.#throttle.refusal()) return true
    return await this.#flights.run(held, async () => {
      // What is found out after another reason to doubt says nothing about it.
      const proven = this.#proven
      const context = this.#ports.calls.context(held.provider, 'probe', this.#ports.stopped)
      const answer = await this.#throttle
        // Security: where the token is from, which need not be where the account is now.
        .watch(() => probe(held.token, held.values, context))
        .catch(() => 'unknown' as const)
      if (answer === 'accepted') proven.add(held)
      return answer !== 'refused'
    })
  }
}
