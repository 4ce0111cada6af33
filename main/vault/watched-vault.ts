import { isTokentrayError, type TokentrayError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import type { Vault } from './vault.ts'

/** A vault that remembers whether it could be used the last time, so that a status can say so. */
export class WatchedVault implements Vault {
  readonly #vault: Vault
  #failure: TokentrayError | null = null

  constructor(vault: Vault) {
    this.#vault = vault
  }

  get kind(): Vault['kind'] {
    return this.#vault.kind
  }

  /** Why it could not be used; `null` after a success. */
  get failure(): TokentrayError | null {
    return this.#failure
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

  async #watch<Value>(call: Promise<Value>): Promise<Value> {
    try {
      const value = await call
      this.#failure = null
      return value
    } catch (error) {
      const concernsVault =
        isTokentrayError(error) &&
        (error.code === 'vault_locked' || error.code === 'vault_unavailable')
      if (concernsVault) this.#failure = error
      throw error
    }
  }
}
