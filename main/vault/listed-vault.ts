import type { Secret } from '../base/secret.ts'
import type { KeychainState } from './keychain/keychain.ts'
import type { Vault } from './vault.ts'

/** Where the keys of possible items are recorded. */
export interface ItemList {
  read(): readonly string[]
  /**
   * Throws `record_unavailable` if the list cannot be written; nothing has changed then. Once it returns, a
   * crash of this process cannot lose it.
   */
  write(keys: readonly string[]): void
  /** Resolves when everything written, including all references to items, is on disk; otherwise rejects. */
  onDisk(): Promise<void>
}

/**
 * A vault that keeps a list of its items: a key is listed before its item is written and until after the
 * item is deleted. Items left by a crash are found in the list at the next start and removed.
 *
 * The index in the keychain itself cannot serve for this: it also covers other homes of this user.
 */
export class ListedVault implements Vault {
  readonly #vault: Vault
  readonly #list: ItemList
  /** How often each key was set, so that one set again while it is being deleted stays listed. */
  readonly #sets = new Map<string, number>()
  /** Items to be deleted whose deletion failed. */
  readonly #undeleted = new Set<string>()
  #isRetrying = false

  constructor(vault: Vault, list: ItemList) {
    this.#vault = vault
    this.#list = list
  }

  get kind(): Vault['kind'] {
    return this.#vault.kind
  }

  get(key: string): Promise<Secret | null> {
    return this.#vault.get(key)
  }

  /** Also rejects with `record_unavailable`; nothing was written then. */
  async set(key: string, secret: Secret): Promise<void> {
    this.#addToList([key])
    this.#undeleted.delete(key)
    this.#sets.set(key, this.#setsOf(key) + 1)
    await this.#list.onDisk()
    await this.#vault.set(key, secret)
  }

  /** A failed deletion is tried again by `retry` and at the next start. */
  async delete(key: string): Promise<void> {
    const sets = this.#setsOf(key)
    try {
      // The reference to its replacement must be on disk first: a keychain may be written before our files
      // are.
      await this.#list.onDisk()
      await this.#vault.delete(key)
    } catch (error) {
      if (sets === this.#setsOf(key)) this.#undeleted.add(key)
      throw error
    }
    this.#undeleted.delete(key)
    if (sets === this.#setsOf(key)) this.#unlist(key)
  }

  keys(): Promise<readonly string[]> {
    return this.#vault.keys()
  }

  look(): Promise<KeychainState> {
    return this.#vault.look()
  }

  /**
   * Deletes what earlier runs left behind: every listed item for which `isInUse` is now false. Also lists
   * the `known` keys, which are in use, wherever they come from. Never rejects.
   */
  async sweep(known: readonly string[], isInUse: (key: string) => boolean): Promise<void> {
    for (const key of this.#list.read()) if (!isInUse(key)) this.#undeleted.add(key)
    try {
      this.#addToList(known)
    } catch {
      // They are still referenced elsewhere; the list only matters once those references are gone.
    }
    await this.retry()
  }

  /** True while an item remains whose deletion failed. */
  get hasLeft(): boolean {
    return this.#undeleted.size > 0
  }

  /** Retries the failed deletions; stops at the first that fails again. Never rejects. */
  async retry(): Promise<void> {
    if (this.#isRetrying) return
    this.#isRetrying = true
    try {
      // One at a time, so that another caller of the keychain need not wait for all of them.
      for (const key of this.#undeleted) await this.delete(key)
    } catch {
      // What remains stays on the list.
    } finally {
      this.#isRetrying = false
    }
  }

  #setsOf(key: string): number {
    return this.#sets.get(key) ?? 0
  }

  #addToList(keys: readonly string[]): void {
    const listed = new Set(this.#list.read())
    const missing = keys.filter((key) => !listed.has(key))
    if (missing.length > 0) this.#list.write([...listed, ...missing])
  }

  #unlist(key: string): void {
    const listed = this.#list.read()
    if (!listed.includes(key)) return
    try {
      this.#list.write(listed.filter((other) => other !== key))
    } catch {
      // The item is deleted, as requested; the next start finds none and removes the key from the list.
    }
  }
}
