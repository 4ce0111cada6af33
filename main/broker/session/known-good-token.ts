import { type Clock, Lifetime } from '../../base/clock.ts'
import { isTokentrayError } from '../../base/errors.ts'
import type { HeldToken } from '../ledger/ledger.ts'
import { throwOfNewToken } from './renewal.ts'

/** For so long a refusal does not cause another login after one that did not help. */
const KNOWN_GOOD_MS = 60_000

/**
 * A token that is known to be valid although a call with it was refused: it was made because the call was
 * refused, and the call was refused again. Without this, every such call would cost a login.
 */
export class KnownGoodToken {
  readonly #clock: Clock
  #held: HeldToken | null = null
  #lifetime: Lifetime | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Runs a call with this token; if the token is known to be good, a refusal is about the call. */
  async run<Value>(held: HeldToken | null, call: () => Promise<Value>): Promise<Value> {
    const isGood = held !== null && held === this.#held && (this.#lifetime?.remainingMs ?? 0) > 0
    return isGood ? await call().catch(throwOfNewToken) : await call()
  }

  /** Retries the call with a token that was made for it, which a second refusal proves to be good. */
  async retry<Value>(held: HeldToken | null, call: () => Promise<Value>): Promise<Value> {
    try {
      return await call()
    } catch (error) {
      if (isTokentrayError(error) && error.ofNewToken) {
        this.#held = held
        this.#lifetime = new Lifetime(this.#clock, this.#clock.now() + KNOWN_GOOD_MS)
      }
      throwOfNewToken(error)
    }
  }
}
