import { defaultSettings } from '../../main/settings/schema.ts'
import { serialize } from '../../main/settings/stored-settings.ts'

/** Settings with this many accounts, all logged out. */
export function settingsWith(count: number): string {
  const accounts = Array.from({ length: count }, (_, index) => ({
    uid: `account${String(index).padStart(12, '0')}`,
    provider: 'sftpgo',
    name: `user${index}`,
    label: `user${index} at files.example.com`,
    values: { url: 'https://files.example.com', username: `user${index}` },
    leaseKind: 'shared' as const,
    leaseSeconds: 900,
    state: 'signed_out' as const,
    needsCode: false,
    createdAt: 0,
  }))
  // What is listed and not needed would be looked for in the keychain, once, by the first start.
  return serialize({ ...defaultSettings, accounts, keychain: [] }, 1)
}
