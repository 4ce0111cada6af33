import type { AccessToken } from '../providers/provider.ts'
import type { Endings } from './endings.ts'
import type { HeldToken, Ledger, TokenOwner } from './ledger.ts'

/**
 * Writes a new token into the ledger. One that cannot be written is ended at once, and goes on
 * being ended like any other, because it must not be used; then this rejects with
 * `record_unavailable`.
 */
export async function recordOrEnd(
  ledger: Ledger,
  endings: Endings,
  owner: TokenOwner,
  token: AccessToken,
): Promise<HeldToken> {
  const held = ledger.hold(owner, token)
  try {
    await ledger.write(held)
    return held
  } catch (error) {
    await endings.end(held)
    throw error
  }
}
