import type { AccessToken, FormValues } from '../../providers/provider.ts'
import type { HeldToken, Ledger, PlannedToken, TokenOwner } from '../ledger/ledger.ts'
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
  return await writeOrRevoke(ledger, revoker, ledger.hold(owner, token))
}

/** The same for the token of a lease that stands in the ledger as a plan, whose place and fate it takes. */
export async function completeOrRevoke(
  ledger: Ledger,
  revoker: Revoker,
  plan: PlannedToken,
  { token, values }: { readonly token: AccessToken; readonly values: FormValues },
): Promise<HeldToken> {
  const held = ledger.fulfil(plan, values, token)
  revoker.fates.forget(plan)
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
    void revoker.end(held.kind === 'session' ? ledger.asTrial(held) : held)
    throw error
  }
}
