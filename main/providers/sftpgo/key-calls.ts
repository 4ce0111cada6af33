import { TokentrayError } from '../../base/errors.ts'
import type { HttpRequest, HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext, ProviderSession } from '../provider.ts'
import { readItems, readObject, readText, unexpected } from '../wire/json-object.ts'
import { hostOf } from '../wire/service-address.ts'
import { refusedStatus } from '../wire/service-errors.ts'
import { bearer, callSftpgo, isServiceError, refusal } from './call.ts'
import { whyForbidden } from './forbidden.ts'

const KEYS = '/api/v2/apikeys'
/** The largest page that the service returns. */
const PAGE = 500
/** More keys than any server has, in case a server returns the same page forever. */
const PAGES = 100

/** A listed API key, without its secret. */
export interface ListedKey {
  readonly id: string
  readonly name: string
}

interface KeysCall {
  readonly method: HttpRequest['method']
  /** Appended to the path of the collection. */
  readonly below?: string
  readonly body?: string
}

/** Security: true for an id that is safe in a path, where dots and slashes would lead to another route. */
export function isKeyId(id: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(id)
}

/** Calls with the session's JWT, because keys cannot manage keys. Rejects with `wrong_credentials` without one. */
export async function callKeys(
  { values, token }: ProviderSession,
  { method, below = '', body }: KeysCall,
  context: ProviderContext,
): Promise<HttpResponse> {
  if (!token) throw new TokentrayError('wrong_credentials', 'The session no longer has a token.')
  const headers = bearer(token.value)
  const path = `${KEYS}${below}`
  return callSftpgo(values, { method, path, headers, ...(body !== undefined && { body }) }, context)
}

/** All keys at the service, including those of others. */
export async function listKeys(
  session: ProviderSession,
  context: ProviderContext,
): Promise<readonly ListedKey[]> {
  const keys: ListedKey[] = []
  for (let page = 0; page < PAGES; page += 1) {
    const below = `?limit=${PAGE}&offset=${page * PAGE}&order=ASC`
    const response = await callKeys(session, { method: 'GET', below }, context)
    if (response.status !== 200) throw keysRefusal(response, session.values, context)
    const listed = readKeys(response)
    keys.push(...listed)
    // The service gives no total: a page that is not full is the last.
    if (listed.length < PAGE) return keys
  }
  throw unexpected('is an endless list')
}

/** The result of a deletion; for a key that was already gone, with the keys that are listed. */
export type Deleted =
  | { readonly ending: 'revoked' }
  | { readonly ending: 'already_gone'; readonly listed: readonly ListedKey[] }

/** Deletes a key, which takes effect at once. */
export async function deleteKey(
  id: string,
  session: ProviderSession,
  context: ProviderContext,
): Promise<Deleted> {
  if (!isKeyId(id)) throw unexpected('contains no usable "id"')
  const response = await callKeys(session, { method: 'DELETE', below: `/${id}` }, context)
  if (response.status === 200) {
    readText(readObject(response), 'message')
    return { ending: 'revoked' }
  }
  if (!isServiceError(response, 404) && !isServiceError(response, 400)) {
    throw keysRefusal(response, session.values, context)
  }
  // An unknown route gets the same response as a deleted key, so the list decides.
  const listed = await listKeys(session, context)
  if (!listed.some((key) => key.id === id)) return { ending: 'already_gone', listed }
  throw refusedStatus(hostOf(session.values), response.status)
}

/** The error for a refusal to manage keys. */
export function keysRefusal(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  if (isServiceError(response, 401)) {
    return new TokentrayError('wrong_credentials', `${host} no longer accepts this token.`, {
      hint: 'Log in again.',
    })
  }
  if (response.status === 403 && whyForbidden(response) === 'rights')
    return missingPermission(values)
  if (isServiceError(response, 404)) {
    return new TokentrayError(
      'not_supported',
      `${host} has no API keys: it is too old for them, or they are turned off.`,
      { hint: 'Use separate logins instead of API keys.' },
    )
  }
  return refusal(response, values, context)
}

/** A token keeps the permissions from its creation, so a new one may have more. */
function missingPermission(values: FormValues): TokentrayError {
  const sentence = `${hostOf(values)} does not let ${values['username'] ?? ''} manage API keys, which requires the permission *.`
  const hint = 'Grant that permission, or use separate logins instead of API keys.'
  const ofNewToken = new TokentrayError('invalid_request', sentence, { hint })
  return new TokentrayError('wrong_credentials', sentence, { hint, ofNewToken })
}

function readKeys(response: HttpResponse): readonly ListedKey[] {
  return readItems(response).map((item) => ({
    id: readText(item, 'id'),
    name: readText(item, 'name'),
  }))
}
