import type { AccountRecord, Settings } from '../../settings/schema.ts'
import type { SettingsStore } from '../../settings/settings.ts'
import type { ItemList, ListedVault } from '../../vault/listed-vault.ts'

/** The key of the fingerprints in the audit record; all homes of a user share it. */
export const FINGERPRINT_KEY = 'fingerprint-key'

/** The name of the keychain item with the credential of an account. */
export const credentialKey = ({
  uid,
  credential,
}: Pick<AccountRecord, 'uid' | 'credential'>): string => `credential/${credential ?? uid}`

/** The list of items in the settings. Settings of an earlier version have none: it is derived from the accounts. */
export function itemListIn(settings: SettingsStore): ItemList {
  return {
    read: () => {
      const { keychain, accounts } = settings.read()
      return keychain ?? accounts.map(credentialKey)
    },
    write: (keys) => settings.update((before) => ({ ...before, keychain: [...keys] })),
    onDisk: () => settings.onDisk(),
  }
}

/**
 * Deletes unused keychain items of earlier runs: credentials of logins that a crash interrupted and of
 * accounts that are logged out, and keys of ledgers that are gone. Never rejects.
 */
export function sweepItems(
  vault: ListedVault,
  { accounts }: Settings,
  ledgerKeys: readonly string[],
): Promise<void> {
  const loggedIn = accounts.filter(({ state }) => state !== 'signed_out')
  const used = new Set([FINGERPRINT_KEY, ...ledgerKeys, ...loggedIn.map(credentialKey)])
  return vault.sweep([...used], (key) => used.has(key) || !isKnown(key))
}

/** False for items of a later version, whose purpose this one does not know. */
const isKnown = (key: string): boolean => /^(credential|ledger-key)\//.test(key)
