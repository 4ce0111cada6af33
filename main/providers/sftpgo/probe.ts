import type { HttpResponse } from '../http/http.ts'
import type { AccessToken, FormValues, ProviderContext } from '../provider.ts'
import { readItems, readObject } from '../wire/json-object.ts'
import { bearer, callSftpgo, isOwn, refusal } from './call.ts'
import { dutyOf } from './duties.ts'
import { whyForbidden } from './forbidden.ts'
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
  if (!isApiKey(token) && dutyOf(token.value, values)) return 'refused'
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
  if (isOwn(answer, 401) || isOwn(answer, 404)) return 'refused'
  // A key that was deleted is a 400: the service does not know its id.
  if (isApiKey(token) && isOwn(answer, 400)) return 'refused'
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
