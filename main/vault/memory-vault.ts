import type { Clock } from '../base/clock.ts'
import { GuardedVault } from './guarded-vault.ts'
import type { Keychain } from './keychain/keychain.ts'
import type { Vault } from './vault.ts'

/** A vault that lasts as long as the process and follows the rules of the real one. */
export function createMemoryVault(clock: Clock): Vault {
  return new GuardedVault('memory', createMemoryKeychain(new Map()), clock)
}

/** A keychain backed by a map. */
export function createMemoryKeychain(items: Map<string, string>): Keychain {
  return {
    get: async (key) => items.get(key) ?? null,
    set: async (key, value) => {
      items.set(key, value)
    },
    delete: async (key) => items.delete(key),
  }
}
