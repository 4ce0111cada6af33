import { isTokentrayError, type TokentrayError } from '../../base/errors.ts'
import type { Driver, ProviderContext, Revocation } from '../../providers/provider.ts'
import { isToken, type LedgerItem } from '../ledger/ledger.ts'
import { endsByItself } from './endable.ts'
import type { RevocationCredentials, RevocationSession } from './revocation-credentials.ts'

interface Telling {
  readonly item: LedgerItem
  readonly driver: Driver
  readonly session: RevocationSession | null
  readonly sessions: Pick<RevocationCredentials, 'reach' | 'loginFor'>
  readonly context: ProviderContext
}

/**
 * Tells a service that a token has to end: by the id of its lease where the service knows it, else
 * with nothing but the token. Rejects with why that could not be done, `login_required` where a
 * person's login would help.
 */
export async function tellService(telling: Telling): Promise<Revocation> {
  const { item, driver, sessions, context } = telling
  const byLease = await tellByLease(telling)
  if (typeof byLease === 'string') return byLease
  const answer =
    isToken(item) && driver.revoke && endsByItself(item, driver)
      ? await driver.revoke(item.token, sessions.reach(item), context)
      : 'not_supported'
  if (answer === 'not_supported' && byLease) throw byLease
  return answer
}

/** `null` where that is no way to end it; an error where a person has to log in for it. */
async function tellByLease(telling: Telling): Promise<Revocation | TokentrayError | null> {
  const { item, driver, session: grip, sessions, context } = telling
  const { leaseId } = item
  if (leaseId === undefined || !driver.revokeLease || !grip) return null
  try {
    const lease = { leaseId, ...(isToken(item) && { token: item.token }) }
    return await driver.revokeLease(lease, grip.session, context)
  } catch (error) {
    if (!isTokentrayError(error) || error.code !== 'wrong_credentials') throw error
    grip.refused()
    // Another session may do; another credential there is not.
    if (driver.mintsFrom === 'session') throw error
    return sessions.loginFor(item)
  }
}
