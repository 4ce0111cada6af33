import type { Driver } from '../../providers/provider.ts'
import { isToken, type LedgerItem } from '../ledger/ledger.ts'

/** False where only time ends it. */
export function isRevocable(item: LedgerItem, driver: Driver): boolean {
  return needsSession(item, driver) || isRevocableByToken(item, driver)
}

/** True for what is ended with the account's credential or session token. */
export function needsSession({ leaseId }: LedgerItem, { revokeLease }: Driver): boolean {
  return leaseId !== undefined && revokeLease !== undefined
}

/** True for what can be ended with nothing but the token. */
export function isRevocableByToken(item: LedgerItem, driver: Driver): boolean {
  if (!isToken(item) || !driver.revoke) return false
  return !(driver.revokesOnlySessions && needsSession(item, driver))
}
