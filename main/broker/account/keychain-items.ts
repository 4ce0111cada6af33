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

/** The keychain items that may exist. Settings of an earlier version have no list: it is derived from the accounts. */
export const listedItems = ({ keychain, accounts }: Settings): readonly string[] =>
  keychain ?? accounts.map(credentialKey)

/** The list of items in the settings. */
export function itemListIn(settings: SettingsStore): ItemList {
  return {
    read: () => listedItems(settings.read()),
    write: (keys) => settings.update((before) => ({ ...before, keychain: [...keys] })),
    onDisk: () => settings.onDisk(),
  }
}

/**
 * Deletes unused keychain items of earlier runs: credentials of logins that a crash interrupted and of
 * accounts that are logged out, and keys of ledgers that are gone. Never rejects.
 *
 * `isNeeded`: true for a logged-out account whose credential still has to be ended at its service.
 */
export function sweepItems(
  vault: ListedVault,
  { accounts }: Settings,
  ledgerKeys: readonly string[],
  isNeeded: (record: AccountRecord) => boolean,
): Promise<void> {
  const loggedIn = accounts.filter(({ state }) => state !== 'signed_out')
  const used = new Set([FINGERPRINT_KEY, ...ledgerKeys, ...loggedIn.map(credentialKey)])
  const loggedOut = accounts.filter(({ state }) => state === 'signed_out')
  // Not in `used`, which the list of items would be extended with: most of these have no item.
  const needed = new Set(loggedOut.filter(isNeeded).map(credentialKey))
  return vault.sweep([...used], (key) => used.has(key) || needed.has(key) || !isKnown(key))
}

/** False for items of a later version, whose purpose this one does not know. */
const isKnown = (key: string): boolean => /^(credential|ledger-key)\//.test(key)
