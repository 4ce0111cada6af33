import { TokentrayError } from '../../base/errors.ts'
import type { HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext } from '../provider.ts'
import { hostOf } from '../wire/service-address.ts'
import { rateLimited, refusedStatus } from '../wire/service-errors.ts'
import { isServiceError } from './answers.ts'
import { USE_API_TOKEN } from './fields.ts'

const RATE_LIMITED_MS = 60_000

/** The error for a response that the call does not handle. */
export function otherRefusal(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  const { status } = response
  // Rate limits are enforced in front of the service, not necessarily in its error format.
  if (status === 429) return rateLimited(host, response, context, RATE_LIMITED_MS)
  if (status === 404) {
    return refusedStatus(host, 404, 'Check that the address of the account does not include /v1.')
  }
  return refusedStatus(host, status)
}

/** The error for a call with the API token. */
export function apiTokenRefusal(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  if (isServiceError(response, 401)) {
    return new TokentrayError('wrong_credentials', `${host} does not accept this API token.`, {
      field: 'token',
      hint: 'Check that you pasted all 64 characters. If you did, create a new token in the console.',
    })
  }
  // Only the user can help, with another token or by having the account unlocked.
  if (isServiceError(response, 403)) {
    return new TokentrayError('wrong_credentials', `${host} does not let this API token do that.`, {
      field: 'token',
      hint: "Use a personal API token, not an organization's, of an account that is not locked.",
    })
  }
  return otherRefusal(response, values, context)
}

/** The error for a call with a token of the old login. */
export function sessionRefusal(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  // A revoked session gets a 403; a new login finds out whether it is something else.
  if (isServiceError(response, 401, 403)) {
    return new TokentrayError('wrong_credentials', `${host} no longer accepts this token.`, {
      hint: 'Log in again.',
    })
  }
  if (isServiceError(response, 404, 410)) return noOldLogin(values)
  return otherRefusal(response, values, context)
}

/** The old login is gone, in general or for this account. */
export function noOldLogin(values: FormValues): TokentrayError {
  const host = hostOf(values)
  return new TokentrayError('not_supported', `${host} no longer offers the old login here.`, {
    hint: `${USE_API_TOKEN} If the account still has it, check the email address and the address of the service.`,
  })
}
