import { Queue } from '../../base/async/queue.ts'
import type { Clock } from '../../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'

/**
 * How long a caller waits for a keychain that makes no progress. Each completed call restarts the time
 * limit for all who wait, so that a long queue is not mistaken for a hung keychain.
 */
export const VAULT_DEADLINE_MS = 5_000

/** Makes one call to the keychain, unless its caller has given up. */
export type Call = <T>(call: () => Promise<T>) => Promise<T>

/**
 * One call in flight at a time: a later call never overtakes a write, and no second prompt opens before the
 * user has answered the first.
 */
export class Lane {
  readonly #clock: Clock
  readonly #queue = new Queue(1)
  readonly #callers = new Set<Caller>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Runs `work` after everything queued before it. Rejects with `vault_unavailable` when the keychain has
   * made no progress for five seconds, on this call or on an earlier one; after that `work` makes no
   * further calls, or none at all if it was still queued.
   */
  run<T>(work: (call: Call) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const caller = this.#add(reject)
      const call: Call = (make) => (caller.isGone ? Promise.reject(tooSlow()) : make())
      void this.#queue.run(async () => {
        let isResponding = true
        try {
          resolve(await work(call))
        } catch (error) {
          isResponding = !isTokentrayError(error) || error.code !== 'vault_unavailable'
          reject(error)
        } finally {
          caller.leave()
          // A caller that gave up, or an error saying that nothing answers, is no sign of progress for the
          // rest.
          if (isResponding && !caller.isGone) for (const other of this.#callers) other.arm()
        }
      })
    })
  }

  #add(reject: (error: TokentrayError) => void): Caller {
    let disarm = () => {}
    const caller: Caller = {
      isGone: false,
      arm: () => {
        disarm()
        disarm = this.#clock.after(VAULT_DEADLINE_MS, () => {
          caller.isGone = true
          this.#callers.delete(caller)
          reject(tooSlow())
        })
      },
      leave: () => {
        disarm()
        this.#callers.delete(caller)
      },
    }
    this.#callers.add(caller)
    caller.arm()
    return caller
  }
}

/** A caller waiting for the keychain. */
interface Caller {
  isGone: boolean
  /** Restarts the five seconds. */
  arm(): void
  leave(): void
}

function tooSlow(): TokentrayError {
  return new TokentrayError('vault_unavailable', 'The keychain did not answer within 5 seconds.', {
    hint: 'Answer its prompt if it shows one, or restart it, and try again.',
  })
}
