import { Epoch } from '../base/async/epoch.ts'
import type { Clock } from '../base/clock.ts'
import { isTokentrayError, type TokentrayError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import type { KeychainState } from './keychain/keychain.ts'
import { keychainLocked } from './keychain/sentinel.ts'
import type { Vault } from './vault.ts'

/** A state seen more recently than this is not checked again. */
const FRESH_MS = 2_000
/** A caller of `refresh` waits no longer than this. */
const LONGEST_LOOK_MS = 1_200

/** A vault that tracks whether it can be used, for the status. */
export class WatchedVault implements Vault {
  readonly #vault: Vault
  readonly #clock: Clock
  readonly #changed: () => void
  #failure: TokentrayError | null = null
  #unanswered = 0
  #seenAt = Number.NEGATIVE_INFINITY
  /** Advances whenever the last seen state may be outdated. */
  readonly #changes = new Epoch()
  #seeing: Promise<void> | null = null

  /** `changed` is called when the vault becomes usable or unusable, or the reason changes. */
  constructor(vault: Vault, clock: Clock, changed: () => void) {
    this.#vault = vault
    this.#clock = clock
    this.#changed = changed
  }

  get kind(): Vault['kind'] {
    return this.#vault.kind
  }

  /**
   * Why the last use failed, or why the last look found it locked, whichever was later; `null` after a
   * success.
   */
  get failure(): TokentrayError | null {
    return this.#failure
  }

  /** True while a call is unanswered. */
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
   * Brings `failure` up to date without prompting the user. Looks at most once every two seconds for all
   * callers together, resolves within 1.2 s and never rejects. If the system reveals nothing without a
   * prompt, `failure` stays that of the last use.
   */
  refresh(): Promise<void> {
    if (this.#clock.monotonic() - this.#seenAt < FRESH_MS) return Promise.resolve()
    const { current } = this.#changes
    this.#seeing ??= this.#see().finally(() => {
      // A look that began before the change may have seen the earlier state.
      if (this.#changes.isCurrent(current)) this.#seenAt = this.#clock.monotonic()
      this.#seeing = null
    })
    const seen = this.#seeing
    return new Promise((resolve) => {
      const disarm = this.#clock.after(LONGEST_LOOK_MS, resolve)
      void seen.finally(disarm).then(resolve)
    })
  }

  /** The state may have changed since the last look: the next `refresh` looks again, however soon. */
  invalidate(): void {
    this.#changes.advance()
    this.#seenAt = Number.NEGATIVE_INFINITY
  }

  async #see(): Promise<void> {
    try {
      const state = await this.#vault.look()
      if (state === 'locked') this.#note(keychainLocked())
      // Only a read proves that it works again; on an unlocked keychain a read does not prompt the user.
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

/** True for an error about the keychain as a whole rather than about one request. */
export function concernsVault(error: unknown): error is TokentrayError {
  return (
    isTokentrayError(error) && (error.code === 'vault_locked' || error.code === 'vault_unavailable')
  )
}
