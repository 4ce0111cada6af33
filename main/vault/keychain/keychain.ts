/**
 * How a keychain is: `absent` where there is no place for items yet, `unknown` where the system does
 * not tell that without asking the person.
 */
export type KeychainState = 'open' | 'locked' | 'absent' | 'unknown'

/**
 * The operating system's store as it is: an absent item and a locked store both read as `null`.
 * Members reject with `vault_locked` or `vault_unavailable`, or do not answer at all.
 */
export interface Keychain {
  get(key: string): Promise<string | null>
  set(key: string, value: string): Promise<void>
  /** False if there was nothing to remove, or the store is locked. */
  delete(key: string): Promise<boolean>
  /** Seen at this moment, without making the person be asked; absent where nothing ever locks. */
  look?(): Promise<KeychainState>
}
