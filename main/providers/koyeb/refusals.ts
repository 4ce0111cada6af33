import { TokentrayError } from '../../base/errors.ts'
import type { HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext } from '../provider.ts'
import { hostOf } from '../wire/service-address.ts'
import { rateLimited, refusedStatus } from '../wire/service-errors.ts'
import { isServiceError } from './answers.ts'
import { USE_API_TOKEN } from './fields.ts'

const RATE_LIMITED_MS = 60_000

/** What any answer means that the call has no better word for. */
export function otherRefusal(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  const { status } = answer
  // What limits the rate stands in front of the service and need not speak its language.
  if (status === 429) return rateLimited(host, answer, context, RATE_LIMITED_MS)
  if (status === 404) {
    return refusedStatus(host, 404, 'Check the address of the account; /v1 is not part of it.')
  }
  return refusedStatus(host, status)
}

/** Of a call that was made with the API token. */
export function apiTokenRefusal(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  if (isServiceError(answer, 401)) {
    return new TokentrayError('wrong_credentials', `${host} does not accept this API token.`, {
      field: 'token',
      hint: 'Check that all its 64 characters were pasted; if they were, make another in the console.',
    })
  }
  // Only a person can help here, with another token or by having the account unlocked.
  if (isServiceError(answer, 403)) {
    return new TokentrayError('wrong_credentials', `${host} does not let this API token do that.`, {
      field: 'token',
      hint: "An organisation's API token may not do it: use a personal one of an account that is not locked.",
    })
  }
  return otherRefusal(answer, values, context)
}

/** Of a call that was made with a token of the old login. */
export function sessionRefusal(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  // 403 is how a session that was revoked shows; a new login finds out what else it may be.
  if (isServiceError(answer, 401, 403)) {
    return new TokentrayError('wrong_credentials', `${host} does not accept this token any more.`, {
      hint: 'Log in again.',
    })
  }
  if (isServiceError(answer, 404, 410)) return noOldLogin(values)
  return otherRefusal(answer, values, context)
}

/** The old login is over, for everybody or for this account. */
export function noOldLogin(values: FormValues): TokentrayError {
  const host = hostOf(values)
  return new TokentrayError(
    'not_supported',
    `${host} does not offer the old login here any more.`,
    {
      hint: `${USE_API_TOKEN} If the account still has it, check the e-mail address and the address of the service.`,
    },
  )
}
