import { isTokentrayError, type TokentrayError } from '../../base/errors.ts'
import type { Driver, Provider, ProviderContext, Revocation } from '../../providers/provider.ts'
import { isToken, type LedgerItem } from '../ledger/ledger.ts'
import type { RevocationCredentials, RevocationSession } from './revocation-credentials.ts'

/** False if a token is valid until it expires. */
export function isRevocable(item: LedgerItem, driver: Driver): boolean {
  return needsSession(item, driver) || isRevocableByToken(item, driver)
}

/** True if the account's credential or session token is needed for the revocation. */
export function needsSession({ leaseId }: LedgerItem, { revokeLease }: Driver): boolean {
  return leaseId !== undefined && revokeLease !== undefined
}

/** True if the token, or the credential, itself is enough for its revocation. */
export function isRevocableByToken(item: LedgerItem, driver: Driver): boolean {
  if (item.kind === 'credential') return driver.endCredential !== undefined
  if (!isToken(item) || !driver.revoke) return false
  return !(driver.revokesOnlySessions && needsSession(item, driver))
}

export interface DriverCall {
  readonly item: LedgerItem
  readonly driver: Driver
  readonly revocationSession: RevocationSession | null
  readonly credentials: Pick<RevocationCredentials, 'reachableValues' | 'loginErrorFor'>
  readonly context: ProviderContext
}

/**
 * Has the driver revoke a token: by its lease id if the service knows that, else by the token alone.
 * Rejects with the reason for a failure, `login_required` if a login by the user would help.
 */
export async function callDriver(call: DriverCall): Promise<Revocation> {
  const { item, driver, credentials, context } = call
  if (item.kind === 'credential') {
    const values = credentials.reachableValues(item)
    const ended = await driver.endCredential?.(item.credential, values, context)
    return ended ?? 'not_supported'
  }
  const byLease = await revokeByLease(call)
  if (typeof byLease === 'string') return byLease
  const answer =
    isToken(item) && driver.revoke && isRevocableByToken(item, driver)
      ? await driver.revoke(item.token, credentials.reachableValues(item), context)
      : 'not_supported'
  if (answer === 'not_supported' && byLease) throw byLease
  return answer
}

/** `null` if it cannot be revoked that way; an error if the user has to log in first. */
async function revokeByLease(call: DriverCall): Promise<Revocation | TokentrayError | null> {
  const { item, driver, revocationSession, credentials, context } = call
  const { leaseId } = item
  if (leaseId === undefined || !driver.revokeLease || !revocationSession) return null
  try {
    const lease = { leaseId, ...(isToken(item) && { token: item.token }) }
    return await driver.revokeLease(lease, revocationSession.session, context)
  } catch (error) {
    if (!isTokentrayError(error) || error.code !== 'wrong_credentials') throw error
    revocationSession.markRefused()
    // Another session may be accepted, but there is no other credential.
    if (driver.mintsFrom === 'session') throw error
    return credentials.loginErrorFor(item)
  }
}

/** Why a token is not revoked, as a sentence. */
export function whyNotRevoked(
  item: LedgerItem,
  provider: Provider | undefined,
  credentials: Pick<RevocationCredentials, 'missingReason'>,
): string {
  if (!provider) {
    return 'Another version of Tokentray made it for a service that this version does not support.'
  }
  const missing = needsSession(item, provider.driver(item.values))
    ? credentials.missingReason(item)
    : null
  return missing ?? `${provider.title} cannot revoke it.`
}
