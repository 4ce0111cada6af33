import type { Secret } from '../base/secret.ts'
import type { KeychainState } from './keychain/keychain.ts'

/**
 * Secrets by key, stored by the operating system. A `null` can be trusted: it is only returned when the
 * store was seen to be readable.
 *
 * Every member rejects with `vault_locked` (nothing was read or changed), `vault_unavailable` (missing,
 * failing or slower than its deadline; a write may or may not have happened), `newer_version` (a newer
 * Tokentray stores its list of items differently) or `invalid_request` (a value that no keychain accepts:
 * empty, with NUL, over 2,560 bytes).
 */
export interface Vault {
  readonly kind: 'keychain' | 'memory'
  get(key: string): Promise<Secret | null>
  set(key: string, secret: Secret): Promise<void>
  /** Removes an item; a missing item is not an error. */
  delete(key: string): Promise<void>
  /**
   * The keys of everything that Tokentray stores there, of all homes of this user. A key whose write or
   * removal failed half-way may be included without a secret.
   */
  keys(): Promise<readonly string[]>
  /** State of the store now, within a second and without prompting the user. */
  look(): Promise<KeychainState>
}
