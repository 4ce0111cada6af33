import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { isIndexKey, KeyIndex } from './keychain/key-index.ts'
import type { Keychain, KeychainState } from './keychain/keychain.ts'
import { type Call, Lane } from './keychain/lane.ts'
import { SENTINEL_KEY, Sentinel } from './keychain/sentinel.ts'
import { checkValue } from './keychain/value.ts'
import type { Vault } from './vault.ts'

/** A vault on a keychain that may misreport or hang: every absence is verified, every wait is bounded. */
export class GuardedVault implements Vault {
  readonly kind: Vault['kind']
  readonly #keychain: Keychain
  readonly #lane: Lane
  readonly #sentinel: Sentinel
  readonly #index: KeyIndex

  constructor(kind: Vault['kind'], keychain: Keychain, clock: Clock) {
    this.kind = kind
    this.#keychain = keychain
    this.#lane = new Lane(clock)
    this.#sentinel = new Sentinel(keychain)
    this.#index = new KeyIndex(keychain, this.#sentinel)
  }

  get(key: string): Promise<Secret | null> {
    return this.#run(key, async (call) => {
      const value = await this.#sentinel.read(key, call)
      return value === null ? null : new Secret(value)
    })
  }

  async set(key: string, secret: Secret): Promise<void> {
    const value = secret.reveal()
    checkValue(value)
    await this.#run(key, async (call) => {
      await this.#index.add(key, call)
      await call(() => this.#keychain.set(key, value))
      const kept = await call(() => this.#keychain.get(key))
      if (kept !== value) throw notKept()
    })
  }

  delete(key: string): Promise<void> {
    return this.#run(key, async (call) => {
      const remove = () => call(() => this.#keychain.delete(key))
      // Nothing was removed: either there is no such item, or the keychain was locked.
      const isThere = async () => (await this.#sentinel.read(key, call)) !== null
      if (!(await remove()) && (await isThere()) && !(await remove())) throw notRemoved()
      await this.#index.remove(key, call)
    })
  }

  keys(): Promise<readonly string[]> {
    return this.#lane.run(async (call) => {
      await this.#sentinel.see(call)
      return this.#index.list(call)
    })
  }

  async look(): Promise<KeychainState> {
    // Bypasses the queue: a look is how a hanging call ahead of it is detected.
    return this.#keychain.look ? this.#keychain.look() : 'open'
  }

  async #run<T>(key: string, work: (call: Call) => Promise<T>): Promise<T> {
    if (key === '' || key.includes('\0') || key === SENTINEL_KEY || isIndexKey(key)) {
      throw new TokentrayError('invalid_request', 'This keychain key is reserved or invalid.')
    }
    return this.#lane.run(async (call) => {
      await this.#sentinel.see(call)
      return work(call)
    })
  }
}

function notRemoved(): TokentrayError {
  return new TokentrayError('vault_unavailable', 'The keychain did not remove the item.', {
    hint: 'Check that the keychain is unlocked and works, and try again.',
  })
}

function notKept(): TokentrayError {
  return new TokentrayError('vault_unavailable', 'The keychain did not store the item.', {
    hint: 'Check that the keychain is unlocked and works, and try again.',
  })
}
