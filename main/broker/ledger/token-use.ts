import type { LedgerItem } from './ledger.ts'

/** What a token is, or was, for. `login`: a login made it on its way, or came to nothing. */
export type TokenUse = 'session' | 'lease' | 'login'

/** `account`: what its account is called; of what belongs to none no login was ever kept. */
export function tokenUse(item: LedgerItem, account: string | undefined): TokenUse {
  if (item.isTrial || account === undefined) return 'login'
  return item.kind === 'session' ? 'session' : 'lease'
}
