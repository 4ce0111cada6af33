import type { Driver } from '../providers/provider.ts'
import { isToken, type LedgerItem } from './ledger.ts'

/** False where only time ends it. */
export function canEnd(item: LedgerItem, driver: Driver): boolean {
  if (item.leaseId !== undefined && driver.revokeLease) return true
  return isToken(item) && driver.revoke !== undefined
}
