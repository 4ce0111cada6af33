import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { FormValues, ProviderContext, Revocation } from '../provider.ts'
import { isRefusedToken, isServiceError, refusal } from './answers.ts'
import { postSvix } from './call.ts'

/** Ends a portal token with itself. */
export async function logOut(
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<Revocation> {
  const post = { route: '/auth/logout', token, settles: isRefusedToken }
  const answer = await postSvix(values, post, context)
  if (answer.status === 204) return 'revoked'
  if (isRefusedToken(answer)) return 'already_gone'
  if (answer.status === 501 && isServiceError(answer)) return 'not_supported'
  throw refusal(answer, values, context)
}

/**
 * Ends a token that came with an answer that cannot be used; rejects where the service has no way to
 * end it.
 */
export async function discard(
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<void> {
  const ended = await logOut(token, values, context)
  if (ended === 'not_supported') throw new TokentrayError('not_supported')
}
