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
/** A user route that also accepts API keys. */
const DIRS = '/api/v2/user/dirs'
const VERSION = '/api/v2/version'

/** Whether the service still accepts this JWT or API key. */
export async function probeToken(
  token: AccessToken,
  values: FormValues,
  context: ProviderContext,
): Promise<'accepted' | 'refused'> {
  // The few routes that accept such a token would make it look valid.
  if (!isApiKey(token) && requiredAction(token.value, values)) return 'refused'
  return readVerdict(await tryToken(token, values, context), token, values, context)
}

/** Makes a call that changes nothing. */
export function tryToken(
  token: AccessToken,
  values: FormValues,
  context: ProviderContext,
): Promise<HttpResponse> {
  const path = pathFor(token, values)
  const headers = isApiKey(token) ? { [KEY_HEADER]: token.value.reveal() } : bearer(token.value)
  return callSftpgo(values, { method: 'GET', path, headers }, context)
}

/** What that response says about the token; throws if it says nothing. */
export function readVerdict(
  response: HttpResponse,
  token: AccessToken,
  values: FormValues,
  context: ProviderContext,
): 'accepted' | 'refused' {
  if (response.status === 200) {
    if (pathFor(token, values) === DIRS) readItems(response)
    else readObject(response)
    return 'accepted'
  }
  // 404: the account has been deleted.
  if (isServiceError(response, 401) || isServiceError(response, 404)) return 'refused'
  // For a deleted key the service returns 400, because it does not know its id.
  if (isApiKey(token) && isServiceError(response, 400)) return 'refused'
  if (response.status === 403) {
    const why = whyForbidden(response)
    // The token is valid, but lacks the permission for this call.
    if (why === 'rights') return 'accepted'
    if (why === 'password_change' || why === 'second_factor') return 'refused'
  }
  throw refusal(response, values, context)
}

function pathFor(token: AccessToken, values: FormValues): string {
  const isKey = isApiKey(token)
  if (values['role'] === 'admin' && !(isKey && values['keyUser'])) return VERSION
  return isKey ? DIRS : PROFILE
}

/**
 * What the account must do before this token is usable, according to its claims; `null` for nothing. The
 * service lets such an account log in, and then refuses nearly every call.
 */
export function requiredAction(token: Secret, values: FormValues): TokentrayError | null {
  const claims = readClaims(token.reveal())
  if (claims?.['chpwd'] === true) return actionRequired('password_change', values)
  if (claims?.['2fa_required'] !== true) return null
  const protocols: unknown = claims['2fa_protos']
  const named = Array.isArray(protocols) ? protocols.filter(isProtocol) : []
  return actionRequired('second_factor', values, named)
}

/** Checked because it comes from the service and is shown in a message. */
function isProtocol(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z]{2,10}$/.test(value)
}
