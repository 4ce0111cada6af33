/**
 * State of the keychain: `absent` if there is no collection for items yet, `unknown` if the system does not
 * say without prompting the user.
 */
export type KeychainState = 'open' | 'locked' | 'absent' | 'unknown'

/**
 * The operating system's store as it is: a missing item and a locked store both read as `null`. Members
 * reject with `vault_locked` or `vault_unavailable`, or may never settle.
 */
export interface Keychain {
  get(key: string): Promise<string | null>
  set(key: string, value: string): Promise<void>
  /** False if there was nothing to remove, or the store is locked. */
  delete(key: string): Promise<boolean>
  /** The state now, without prompting the user. Not implemented by keychains that never lock. */
  look?(): Promise<KeychainState>
}
