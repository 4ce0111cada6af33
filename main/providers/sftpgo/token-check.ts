import type { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { HttpResponse } from '../http/http.ts'
import type { AccessToken, FormValues, ProviderContext } from '../provider.ts'
import { readItems, readObject } from '../wire/json-object.ts'
import { readClaims } from '../wire/jwt-claims.ts'
import { bearer, callSftpgo, isServiceError, refusal } from './call.ts'
import { actionRequired, whyForbidden } from './forbidden.ts'
import { isApiKey, KEY_HEADER } from './keys.ts'

const PROFILE = '/api/v2/user/profile'
/** Of the routes of a user one that also takes a key. */
const DIRS = '/api/v2/user/dirs'
const VERSION = '/api/v2/version'

/** Does the service still accept this JWT or API key? */
export async function probeToken(
  token: AccessToken,
  values: FormValues,
  context: ProviderContext,
): Promise<'accepted' | 'refused'> {
  // The routes that are open to such a token would say that all is well.
  if (!isApiKey(token) && requiredAction(token.value, values)) return 'refused'
  return readVerdict(await tryToken(token, values, context), token, values, context)
}

/** The answer to a call that changes nothing. */
export function tryToken(
  token: AccessToken,
  values: FormValues,
  context: ProviderContext,
): Promise<HttpResponse> {
  const path = pathFor(token, values)
  const headers = isApiKey(token) ? { [KEY_HEADER]: token.value.reveal() } : bearer(token.value)
  return callSftpgo(values, { method: 'GET', path, headers }, context)
}

/** What that answer says of the token; rejects where it says nothing. */
export function readVerdict(
  answer: HttpResponse,
  token: AccessToken,
  values: FormValues,
  context: ProviderContext,
): 'accepted' | 'refused' {
  if (answer.status === 200) {
    if (pathFor(token, values) === DIRS) readItems(answer)
    else readObject(answer)
    return 'accepted'
  }
  // 404: the account is gone.
  if (isServiceError(answer, 401) || isServiceError(answer, 404)) return 'refused'
  // A key that was deleted is a 400: the service does not know its id.
  if (isApiKey(token) && isServiceError(answer, 400)) return 'refused'
  if (answer.status === 403) {
    const why = whyForbidden(answer)
    // The token is good, and may do other things than this.
    if (why === 'rights') return 'accepted'
    if (why === 'password_change' || why === 'second_factor') return 'refused'
  }
  throw refusal(answer, values, context)
}

function pathFor(token: AccessToken, values: FormValues): string {
  const isKey = isApiKey(token)
  if (values['role'] === 'admin' && !(isKey && values['keyUser'])) return VERSION
  return isKey ? DIRS : PROFILE
}

/**
 * What the account has to do before this token is of use, as the token itself says; `null` for nothing.
 * The service lets such an account in, and then refuses it nearly everywhere.
 */
export function requiredAction(token: Secret, values: FormValues): TokentrayError | null {
  const claims = readClaims(token.reveal())
  if (claims?.['chpwd'] === true) return actionRequired('password_change', values)
  if (claims?.['2fa_required'] !== true) return null
  const protocols: unknown = claims['2fa_protos']
  const named = Array.isArray(protocols) ? protocols.filter(isProtocol) : []
  return actionRequired('second_factor', values, named)
}

/** It comes from the service and goes into a sentence. */
function isProtocol(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z]{2,10}$/.test(value)
}
