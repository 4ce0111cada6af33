import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'

/** How long a caller waits for the keychain, queueing included. */
export const VAULT_DEADLINE_MS = 5_000

/** Makes one call to the keychain, unless whoever wanted it has gone. */
export type Call = <T>(call: () => Promise<T>) => Promise<T>

/**
 * One call in flight at a time: a write is never overtaken by a later one, and a prompt of the keychain
 * is not followed by others before the person has answered it.
 */
export class Lane {
  readonly #clock: Clock
  #last: Promise<void> = Promise.resolve()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Runs `work` after all that was asked for before it. Its caller is told `vault_unavailable` five
   * seconds after asking; from then on `work` makes no further call, or none at all if it was still
   * waiting.
   */
  run<T>(work: (call: Call) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let gone = false
      const disarm = this.#clock.after(VAULT_DEADLINE_MS, () => {
        gone = true
        reject(tooSlow())
      })
      const call: Call = (make) => (gone ? Promise.reject(tooSlow()) : make())
      this.#last = this.#last.then(async () => {
        try {
          resolve(await work(call))
        } catch (error) {
          reject(error)
        } finally {
          disarm()
        }
      })
    })
  }
}

function tooSlow(): TokentrayError {
  return new TokentrayError('vault_unavailable', 'The keychain did not answer within 5 seconds.', {
    hint: 'Answer its prompt if it shows one, or restart it, and try again.',
  })
}
