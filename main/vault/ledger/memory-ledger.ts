import type { LedgerStore } from './ledger-store.ts'

/**
 * The ledger of a broker without a keychain. Its key could not be stored, so nothing is written, and tokens
 * of a crashed run are not revoked by the next one. An existing ledger file is left untouched.
 */
export function createMemoryLedger(): LedgerStore {
  return {
    load: async () => ({ entries: [], notices: [] }),
    append: async () => {},
    compact: async () => {},
    keys: () => [],
    ...{ lines: 0, isPersistent: false },
    close: async () => {},
  }
}
