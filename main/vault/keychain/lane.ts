import { Queue } from '../../base/async/queue.ts'
import type { Clock } from '../../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'

/**
 * How long a caller waits for a keychain that does nothing. Every piece of work that comes to its end
 * begins this anew for those who wait, so that a long queue is not taken for a keychain that hangs.
 */
export const VAULT_DEADLINE_MS = 5_000

/** Makes one call to the keychain, unless whoever wanted it has gone. */
export type Call = <T>(call: () => Promise<T>) => Promise<T>

/**
 * One call in flight at a time: a write is never overtaken by a later one, and a prompt of the keychain
 * is not followed by others before the person has answered it.
 */
export class Lane {
  readonly #clock: Clock
  readonly #queue = new Queue(1)
  readonly #callers = new Set<Caller>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Runs `work` after all that was asked for before it. Its caller is told `vault_unavailable` when
   * the keychain has done nothing for five seconds, for this one or for those before it; from then on
   * `work` makes no further call, or none at all if it was still waiting.
   */
  run<T>(work: (call: Call) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const caller = this.#add(reject)
      const call: Call = (make) => (caller.isGone ? Promise.reject(tooSlow()) : make())
      void this.#queue.run(async () => {
        let lives = true
        try {
          resolve(await work(call))
        } catch (error) {
          lives = !isTokentrayError(error) || error.code !== 'vault_unavailable'
          reject(error)
        } finally {
          caller.leave()
          // Who has gone, or was told that nothing answers, is no sign of life for those behind.
          if (lives && !caller.isGone) for (const other of this.#callers) other.arm()
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

/** Somebody who waits for the keychain. */
interface Caller {
  isGone: boolean
  /** Begins the five seconds anew. */
  arm(): void
  leave(): void
}

function tooSlow(): TokentrayError {
  return new TokentrayError('vault_unavailable', 'The keychain did not answer within 5 seconds.', {
    hint: 'Answer its prompt if it shows one, or restart it, and try again.',
  })
}
