import type { Driver } from '../../providers/provider.ts'
import { isToken, type LedgerItem } from '../ledger/ledger.ts'

/** False where only time ends it. */
export function canEnd(item: LedgerItem, driver: Driver): boolean {
  return takesSession(item, driver) || endsByItself(item, driver)
}

/** True for what is ended with the account's credential or session token. */
export function takesSession({ leaseId }: LedgerItem, { revokeLease }: Driver): boolean {
  return leaseId !== undefined && revokeLease !== undefined
}

/** True for what can be ended with nothing but the token. */
export function endsByItself(item: LedgerItem, driver: Driver): boolean {
  if (!isToken(item) || !driver.revoke) return false
  return !(driver.revokesOnlySessions && takesSession(item, driver))
}
