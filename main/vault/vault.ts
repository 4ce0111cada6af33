import type { Secret } from '../base/secret.ts'
import type { KeychainState } from './keychain/keychain.ts'

/**
 * Secrets by key, kept by the operating system. An answer of `null` can be trusted: it is given
 * only when the store was seen to be readable.
 *
 * Every member rejects with `vault_locked` (nothing was read or changed), `vault_unavailable`
 * (missing, failing or slower than its deadline; a write may or may not have happened),
 * `newer_version` (a newer Tokentray keeps its list of items there in another way) or
 * `invalid_request` (a value that no keychain takes: empty, with NUL, over 2,560 bytes).
 */
export interface Vault {
  readonly kind: 'keychain' | 'memory'
  get(key: string): Promise<Secret | null>
  set(key: string, secret: Secret): Promise<void>
  /** Removes one; one that is not there is no error. */
  delete(key: string): Promise<void>
  /**
   * The keys of everything that Tokentray keeps there; one whose write or removal failed half-way may
   * be among them without a secret. Of every Tokentray of this user: one with another home shares it.
   */
  keys(): Promise<readonly string[]>
  /** How the store is at this moment, within a second and without making the person be asked. */
  look(): Promise<KeychainState>
}
