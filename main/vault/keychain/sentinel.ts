import { TokentrayError } from '../../base/errors.ts'
import type { Keychain } from './keychain.ts'
import type { Call } from './lane.ts'

/** An item that always exists: if it is missing, the keychain cannot be read. */
export const SENTINEL_KEY = 'sentinel'
const SENTINEL_VALUE = 'Tokentray reads this to see that the keychain is unlocked.'

/** Distinguishes a missing item from a keychain that reads as empty because it is locked. */
export class Sentinel {
  readonly #keychain: Keychain
  #seen = false

  constructor(keychain: Keychain) {
    this.#keychain = keychain
  }

  /**
   * Resolves once the sentinel has been read in this process, or written and read back; rejects with
   * `vault_locked` if neither works. Must be called before any other use of the keychain.
   */
  async see(call: Call): Promise<void> {
    if (this.#seen || (await this.#isReadable(call))) return
    await call(() => this.#keychain.set(SENTINEL_KEY, SENTINEL_VALUE))
    await this.#mustBeReadable(call)
  }

  /**
   * An item, or `null` if it really does not exist: it was missing between two successful reads of the
   * sentinel. A single read afterwards is not enough, because reading the sentinel may itself prompt the
   * user and unlock the keychain.
   */
  async read(key: string, call: Call): Promise<string | null> {
    const first = await call(() => this.#keychain.get(key))
    if (first !== null) return first
    await this.#mustBeReadable(call)
    const second = await call(() => this.#keychain.get(key))
    if (second === null) await this.#mustBeReadable(call)
    return second
  }

  async #mustBeReadable(call: Call): Promise<void> {
    if (!(await this.#isReadable(call))) throw keychainLocked()
  }

  async #isReadable(call: Call): Promise<boolean> {
    this.#seen = false
    this.#seen = (await call(() => this.#keychain.get(SENTINEL_KEY))) !== null
    return this.#seen
  }
}

/** The error for a keychain that cannot be read. */
export function keychainLocked(): TokentrayError {
  return new TokentrayError('vault_locked', 'The keychain is locked.', {
    hint: 'Unlock the keychain, for example by logging in to the desktop, and try again.',
  })
}
