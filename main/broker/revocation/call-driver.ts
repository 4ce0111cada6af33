import { isTokentrayError, type TokentrayError } from '../../base/errors.ts'
import type { Driver, ProviderContext, Revocation } from '../../providers/provider.ts'
import { isToken, type LedgerItem } from '../ledger/ledger.ts'
import { isRevocableByToken } from './endable.ts'
import type { RevocationCredentials, RevocationSession } from './revocation-credentials.ts'

interface DriverCall {
  readonly item: LedgerItem
  readonly driver: Driver
  readonly revocationSession: RevocationSession | null
  readonly credentials: Pick<RevocationCredentials, 'reachableValues' | 'loginErrorFor'>
  readonly context: ProviderContext
}

/**
 * Tells a service that a token has to end: by the id of its lease where the service knows it, else
 * with nothing but the token. Rejects with why that could not be done, `login_required` where a
 * person's login would help.
 */
export async function callDriver(telling: DriverCall): Promise<Revocation> {
  const { item, driver, credentials, context } = telling
  const byLease = await revokeByLease(telling)
  if (typeof byLease === 'string') return byLease
  const answer =
    isToken(item) && driver.revoke && isRevocableByToken(item, driver)
      ? await driver.revoke(item.token, credentials.reachableValues(item), context)
      : 'not_supported'
  if (answer === 'not_supported' && byLease) throw byLease
  return answer
}

/** `null` where that is no way to end it; an error where a person has to log in for it. */
async function revokeByLease(telling: DriverCall): Promise<Revocation | TokentrayError | null> {
  const { item, driver, revocationSession, credentials, context } = telling
  const { leaseId } = item
  if (leaseId === undefined || !driver.revokeLease || !revocationSession) return null
  try {
    const lease = { leaseId, ...(isToken(item) && { token: item.token }) }
    return await driver.revokeLease(lease, revocationSession.session, context)
  } catch (error) {
    if (!isTokentrayError(error) || error.code !== 'wrong_credentials') throw error
    revocationSession.markRefused()
    // Another session may do; another credential there is not.
    if (driver.mintsFrom === 'session') throw error
    return credentials.loginErrorFor(item)
  }
}
