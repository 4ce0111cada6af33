import { TokentrayError } from '../base/errors.ts'
import type { Vault } from '../vault/vault.ts'
import { type Accounts, readCredential } from './accounts.ts'
import type { EndingSession } from './endings.ts'
import type { Ledger, LedgerItem } from './ledger.ts'

interface EndingSessionPorts {
  readonly accounts: () => Accounts
  readonly vault: Vault
  readonly ledger: Ledger
}

/**
 * With what the tokens of a lease can be ended, also while Tokentray is locked or the account is on
 * its way out; `null` once its credential is forgotten. Rejects while that cannot be said: with what
 * the vault says, or what a login says where the session has no token any more.
 */
export async function findEndingSession(
  { accountUid, values }: LedgerItem,
  { accounts, vault, ledger }: EndingSessionPorts,
): Promise<EndingSession | null> {
  const account = accounts().byUid(accountUid)
  if (!account) return null
  const credential = await readCredential(vault, accountUid)
  if (!credential) return null
  if (account.driver.mintsFrom === 'credential') {
    return { session: { values, credential }, refused: () => undefined }
  }
  const { session } = account
  const living = ledger
    .tokensOf(accountUid)
    .findLast(({ kind, lifetime }) => kind === 'session' && lifetime.remainingMs > 0)
  const held = living ?? (await session.token(0))
  if (!held) throw new TokentrayError('temporarily_unavailable', 'The account is being changed.')
  return {
    session: { values, credential, token: held.token },
    refused: () => session.drop(held),
  }
}
