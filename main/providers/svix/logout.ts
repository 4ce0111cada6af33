import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { FormValues, ProviderContext, Revocation } from '../provider.ts'
import { isRefusedToken, isServiceError, refusal } from './answers.ts'
import { postSvix } from './call.ts'

/** Revokes a portal token, using that token. */
export async function logOut(
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<Revocation> {
  const post = { route: '/auth/logout', token, settles: isRefusedToken }
  const response = await postSvix(values, post, context)
  if (response.status === 204) return 'revoked'
  if (isRefusedToken(response)) return 'already_gone'
  if (response.status === 501 && isServiceError(response)) return 'not_supported'
  throw refusal(response, values, context)
}

/** Revokes a token that came with an unusable response; rejects if the service cannot revoke it. */
export async function discard(
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<void> {
  const revocation = await logOut(token, values, context)
  if (revocation === 'not_supported') throw new TokentrayError('not_supported')
}
