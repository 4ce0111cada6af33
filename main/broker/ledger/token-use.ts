import type { LedgerItem } from './ledger.ts'

/**
 * What a token is or was for. `login`: a login made it as a trial, or failed after making it; or it is
 * the credential of one.
 */
export type TokenUse = 'session' | 'lease' | 'login'

/** `account`: the account's id; a token without an account is from a login that was not completed. */
export function tokenUse(item: LedgerItem, account: string | undefined): TokenUse {
  if (item.isTrial || item.kind === 'credential' || account === undefined) return 'login'
  return item.kind === 'session' ? 'session' : 'lease'
}
