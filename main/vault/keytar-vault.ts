import type { Clock } from '../base/clock.ts'
import { GuardedVault } from './guarded-vault.ts'
import type { StartKeychainProcess } from './keychain/keychain-process.ts'
import { RenewableKeychain } from './keychain/renewable-keychain.ts'
import type { Vault } from './vault.ts'

/** A vault backed by a process of its own, which must be closed. */
export interface KeytarVault extends Vault {
  /** Ends the process; from now on every call rejects with `vault_unavailable`. */
  close(): void
}

/** The vault on the operating system's keychain. Its process starts on first use. */
export function createKeytarVault(clock: Clock, start: StartKeychainProcess): KeytarVault {
  const keychain = new RenewableKeychain(start, clock)
  const vault = new GuardedVault('keychain', keychain, clock)
  return Object.assign(vault, { close: () => keychain.close() })
}
