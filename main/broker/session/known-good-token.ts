import { type Clock, Lifetime } from '../../base/clock.ts'
import { isTokentrayError } from '../../base/errors.ts'
import type { HeldToken } from '../ledger/ledger.ts'
import { throwOfNewToken } from './renewal.ts'

/** So long a refusal is not worth another login after one that did not help. */
const KNOWN_GOOD_MS = 60_000

/**
 * The token that is known not to be at fault: it was made because a call was refused, and the call was
 * refused again. Without this every such call would cost a login.
 */
export class KnownGoodToken {
  readonly #clock: Clock
  #held: HeldToken | null = null
  #lifetime: Lifetime | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Runs a call with this token; what it is refused with is about the call if the token is cleared. */
  async run<Value>(held: HeldToken | null, call: () => Promise<Value>): Promise<Value> {
    const isCleared = held !== null && held === this.#held && (this.#lifetime?.remainingMs ?? 0) > 0
    return isCleared ? await call().catch(throwOfNewToken) : await call()
  }

  /** Runs it again with a token that was made for it, which a second refusal clears. */
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
