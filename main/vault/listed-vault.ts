import type { Secret } from '../base/secret.ts'
import type { KeychainState } from './keychain/keychain.ts'
import type { Vault } from './vault.ts'

/** Where it is written down which items there may be. */
export interface ItemList {
  read(): readonly string[]
  /**
   * Throws `record_unavailable` if it cannot be written; then nothing has changed. Else the end of this
   * process cannot lose it.
   */
  write(keys: readonly string[]): void
  /** Resolves when what was written, and whatever leads to items, is on disk; or rejects so. */
  onDisk(): Promise<void>
}

/**
 * A vault of which every item is led to: a key is on the list before its item is written, and until
 * after the item is gone. What a crash leaves is found by it at the next start, and removed.
 *
 * The index in the keychain itself cannot serve for this: other homes of this user are in it too.
 */
export class ListedVault implements Vault {
  readonly #vault: Vault
  readonly #list: ItemList
  /** How often each key was set, so that one that is set anew while it is deleted stays listed. */
  readonly #sets = new Map<string, number>()
  /** What should be gone, and could not be deleted. */
  readonly #left = new Set<string>()
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

  /** Also rejects with `record_unavailable`; then nothing was written. */
  async set(key: string, secret: Secret): Promise<void> {
    this.#enlist([key])
    this.#left.delete(key)
    this.#sets.set(key, this.#setsOf(key) + 1)
    await this.#list.onDisk()
    await this.#vault.set(key, secret)
  }

  /** What could not be deleted is tried again by `retry`, and at the next start. */
  async delete(key: string): Promise<void> {
    const sets = this.#setsOf(key)
    try {
      // What took its place is led to from there: a keychain may be on the disk before our files are.
      await this.#list.onDisk()
      await this.#vault.delete(key)
    } catch (error) {
      if (sets === this.#setsOf(key)) this.#left.add(key)
      throw error
    }
    this.#left.delete(key)
    if (sets === this.#setsOf(key)) this.#strike(key)
  }

  keys(): Promise<readonly string[]> {
    return this.#vault.keys()
  }

  look(): Promise<KeychainState> {
    return this.#vault.look()
  }

  /**
   * Deletes what earlier runs left: all that is listed, for which `isOfUse` is false now. Keys that are
   * `known` to be of use are listed from now on, wherever they come from. Never rejects.
   */
  async sweep(known: readonly string[], isOfUse: (key: string) => boolean): Promise<void> {
    for (const key of this.#list.read()) if (!isOfUse(key)) this.#left.add(key)
    try {
      this.#enlist(known)
    } catch {
      // They are led to by what knows them; listing them only matters once that has gone.
    }
    await this.retry()
  }

  /** True while something should be gone that could not be deleted. */
  get hasLeft(): boolean {
    return this.#left.size > 0
  }

  /** Tries once more to delete what should be gone; stops at the first that cannot be. Never rejects. */
  async retry(): Promise<void> {
    if (this.#isRetrying) return
    this.#isRetrying = true
    try {
      // One by one: whoever waits for the keychain meanwhile is not behind all of them.
      for (const key of this.#left) await this.delete(key)
    } catch {
      // What is left stays on the list.
    } finally {
      this.#isRetrying = false
    }
  }

  #setsOf(key: string): number {
    return this.#sets.get(key) ?? 0
  }

  #enlist(keys: readonly string[]): void {
    const listed = new Set(this.#list.read())
    const missing = keys.filter((key) => !listed.has(key))
    if (missing.length > 0) this.#list.write([...listed, ...missing])
  }

  #strike(key: string): void {
    const listed = this.#list.read()
    if (!listed.includes(key)) return
    try {
      this.#list.write(listed.filter((other) => other !== key))
    } catch {
      // The item is gone, which is what was asked for; the next start finds nothing there, and tries again.
    }
  }
}
