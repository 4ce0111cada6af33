import { TokentrayError } from '../../base/errors.ts'
import type { Keychain } from './keychain.ts'
import type { Call } from './lane.ts'

/** An item that is always there, so that its absence means that the keychain cannot be read. */
export const SENTINEL_KEY = 'sentinel'
const SENTINEL_VALUE = 'Tokentray reads this to see that the keychain is unlocked.'

/** Tells an absent item from a keychain that reads as empty because it is locked. */
export class Sentinel {
  readonly #keychain: Keychain
  #seen = false

  constructor(keychain: Keychain) {
    this.#keychain = keychain
  }

  /**
   * Resolves once the sentinel has been read in this process, or written and read back; rejects with
   * `vault_locked` where it cannot be. Must come before anything else is done with the keychain.
   */
  async see(call: Call): Promise<void> {
    if (this.#seen || (await this.#isReadable(call))) return
    await call(() => this.#keychain.set(SENTINEL_KEY, SENTINEL_VALUE))
    await this.#mustBeReadable(call)
  }

  /**
   * An item, or `null` if it is really absent: absent between two moments at which the sentinel could
   * be read. One moment after it is not enough, because looking for the sentinel may itself make
   * the keychain ask the person and be unlocked.
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

/** What a keychain that cannot be read is called. */
export function keychainLocked(): TokentrayError {
  return new TokentrayError('vault_locked', 'The keychain is locked.', {
    hint: 'Unlock the keychain, for example by logging in to the desktop, and try again.',
  })
}
