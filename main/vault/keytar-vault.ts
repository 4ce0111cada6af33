import type { Clock } from '../base/clock.ts'
import { GuardedVault } from './guarded-vault.ts'
import type { Keychain } from './keychain.ts'
import { toVaultError } from './keychain-errors.ts'
import type { Vault } from './vault.ts'

const SERVICE = 'Tokentray'

/** The vault over the operating system's keychain; the library is loaded at the first use. */
export function createKeytarVault(clock: Clock): Vault {
  return new GuardedVault('keychain', keytarKeychain, clock)
}

/** The keychain as keytar reaches it, without our safeguards. */
export const keytarKeychain: Keychain = {
  get: (key) => translated((keytar) => keytar.getPassword(SERVICE, key)),
  set: (key, value) => translated((keytar) => keytar.setPassword(SERVICE, key, value)),
  delete: (key) => translated((keytar) => keytar.deletePassword(SERVICE, key)),
}

type Keytar = typeof import('keytar')

/** Imported here and late: without libsecret the import itself throws, and that is an answer too. */
async function translated<T>(use: (keytar: Keytar) => Promise<T>): Promise<T> {
  try {
    return await use(await loadKeytar())
  } catch (error) {
    throw toVaultError(error)
  }
}

async function loadKeytar(): Promise<Keytar> {
  const loaded = await import('keytar')
  // A CommonJS module: its names are on the default export where the loader could not see them.
  return 'default' in loaded ? (loaded.default as Keytar) : loaded
}
