import { Epoch } from '../base/async/epoch.ts'
import type { Clock } from '../base/clock.ts'
import { isTokentrayError, type TokentrayError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import type { KeychainState } from './keychain/keychain.ts'
import { keychainLocked } from './keychain/sentinel.ts'
import type { Vault } from './vault.ts'

/** What was seen less long ago than this is not looked for again. */
const FRESH_MS = 2_000
/** Whoever wants to know waits no longer than this. */
const LONGEST_LOOK_MS = 1_200

/** A vault that knows whether it can be used, so that a status can say so. */
export class WatchedVault implements Vault {
  readonly #vault: Vault
  readonly #clock: Clock
  readonly #changed: () => void
  #failure: TokentrayError | null = null
  #unanswered = 0
  #seenAt = Number.NEGATIVE_INFINITY
  /** Advances when it is said that what was seen may not be so any more. */
  readonly #changes = new Epoch()
  #seeing: Promise<void> | null = null

  /** `changed` is told when it can be used again, or cannot any more, or for another reason. */
  constructor(vault: Vault, clock: Clock, changed: () => void) {
    this.#vault = vault
    this.#clock = clock
    this.#changed = changed
  }

  get kind(): Vault['kind'] {
    return this.#vault.kind
  }

  /** Why it could not be used or was found closed, whichever was last; `null` after a success. */
  get failure(): TokentrayError | null {
    return this.#failure
  }

  /** True while it has been asked something and has not answered. */
  get isAsked(): boolean {
    return this.#unanswered > 0
  }

  get(key: string): Promise<Secret | null> {
    return this.#watch(this.#vault.get(key))
  }

  set(key: string, secret: Secret): Promise<void> {
    return this.#watch(this.#vault.set(key, secret))
  }

  delete(key: string): Promise<void> {
    return this.#watch(this.#vault.delete(key))
  }

  keys(): Promise<readonly string[]> {
    return this.#watch(this.#vault.keys())
  }

  look(): Promise<KeychainState> {
    return this.#vault.look()
  }

  /**
   * Makes `failure` true again, without making the person be asked. Looks at most once in two seconds,
   * for any number of callers, resolves after 1.2 s at the latest and never rejects. Where the system
   * tells nothing without asking, `failure` stays that of the last use.
   */
  refresh(): Promise<void> {
    if (this.#clock.monotonic() - this.#seenAt < FRESH_MS) return Promise.resolve()
    const { current } = this.#changes
    this.#seeing ??= this.#see().finally(() => {
      // What began before a change may have seen what was before it.
      if (this.#changes.isCurrent(current)) this.#seenAt = this.#clock.monotonic()
      this.#seeing = null
    })
    const seen = this.#seeing
    return new Promise((resolve) => {
      const disarm = this.#clock.after(LONGEST_LOOK_MS, resolve)
      void seen.finally(disarm).then(resolve)
    })
  }

  /** Something may have changed since the last look: the next `refresh` looks again, however soon. */
  invalidate(): void {
    this.#changes.advance()
    this.#seenAt = Number.NEGATIVE_INFINITY
  }

  async #see(): Promise<void> {
    try {
      const state = await this.#vault.look()
      if (state === 'locked') this.#note(keychainLocked())
      // Only a read tells that it works again; open, it makes nobody be asked.
      if (state === 'open' && this.#failure) await this.keys()
    } catch (error) {
      this.#note(error)
    }
  }

  async #watch<Value>(call: Promise<Value>): Promise<Value> {
    this.#unanswered += 1
    try {
      const value = await call
      this.#note(null)
      return value
    } catch (error) {
      this.#note(error)
      throw error
    } finally {
      this.#unanswered -= 1
    }
  }

  #note(error: unknown): void {
    const before = this.#failure
    if (error === null) this.#failure = null
    else if (concernsVault(error)) this.#failure = error
    if (before?.code !== this.#failure?.code) this.#changed()
  }
}

/** True for an error that says something about the whole keychain, and not about one request to it. */
export function concernsVault(error: unknown): error is TokentrayError {
  return (
    isTokentrayError(error) && (error.code === 'vault_locked' || error.code === 'vault_unavailable')
  )
}
