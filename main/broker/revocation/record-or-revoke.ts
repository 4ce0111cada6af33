import type { AccessToken, FormValues } from '../../providers/provider.ts'
import type { HeldToken, Ledger, Reservation, TokenOwner } from '../ledger/ledger.ts'
import type { Revoker } from './revoker.ts'

/**
 * Writes a new token into the ledger. One that cannot be written is ended at once, and goes on
 * being ended like any other, because it must not be used; then this rejects with
 * `record_unavailable`.
 */
export async function recordOrRevoke(
  ledger: Ledger,
  revoker: Revoker,
  owner: TokenOwner,
  token: AccessToken,
): Promise<HeldToken> {
  return await writeOrRevoke(ledger, revoker, ledger.add(owner, token))
}

/** The same for the token of a lease that stands in the ledger as a plan, whose place and fate it takes. */
export async function completeOrRevoke(
  ledger: Ledger,
  revoker: Revoker,
  plan: Reservation,
  { token, values }: { readonly token: AccessToken; readonly values: FormValues },
): Promise<HeldToken> {
  const held = ledger.complete(plan, values, token)
  revoker.tracker.forget(plan)
  return await writeOrRevoke(ledger, revoker, held)
}

async function writeOrRevoke(
  ledger: Ledger,
  revoker: Revoker,
  held: HeldToken,
): Promise<HeldToken> {
  try {
    await ledger.write(held)
    return held
  } catch (error) {
    // Not waited for: who ends it may wait for a login, and a login may wait for this.
    void revoker.revoke(held.kind === 'session' ? ledger.markTrial(held) : held)
    throw error
  }
}
