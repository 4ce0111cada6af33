import { TokentrayError } from '../../base/errors.ts'
import type { HttpRequest, HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext, ProviderSession } from '../provider.ts'
import { readItems, readObject, readText, unexpected } from '../wire/json-object.ts'
import { hostOf } from '../wire/service-address.ts'
import { refusedStatus } from '../wire/service-errors.ts'
import { bearer, callSftpgo, isServiceError, refusal } from './call.ts'
import { whyForbidden } from './forbidden.ts'

const KEYS = '/api/v2/apikeys'
/** As many as the service gives at once. */
const PAGE = 500
/** More keys than anybody has: a service that does not turn the page would be asked for ever. */
const PAGES = 100

/** What the service lists of an API key; not its secret. */
export interface ListedKey {
  readonly id: string
  readonly name: string
}

interface KeysCall {
  readonly method: HttpRequest['method']
  /** What follows the path of all keys. */
  readonly below?: string
  readonly body?: string
}

/** Security: true for what may stand in a path, where dots and slashes would lead to another route. */
export function isKeyId(id: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(id)
}

/** Sends it with the session's JWT: keys cannot manage keys. Without one it is `wrong_credentials`. */
export async function callKeys(
  { values, token }: ProviderSession,
  { method, below = '', body }: KeysCall,
  context: ProviderContext,
): Promise<HttpResponse> {
  if (!token) throw new TokentrayError('wrong_credentials', 'The session has no token any more.')
  const headers = bearer(token.value)
  const path = `${KEYS}${below}`
  return callSftpgo(values, { method, path, headers, ...(body !== undefined && { body }) }, context)
}

/** Every key at the service, whoever made it. */
export async function listKeys(
  session: ProviderSession,
  context: ProviderContext,
): Promise<readonly ListedKey[]> {
  const keys: ListedKey[] = []
  for (let page = 0; page < PAGES; page += 1) {
    const below = `?limit=${PAGE}&offset=${page * PAGE}&order=ASC`
    const answer = await callKeys(session, { method: 'GET', below }, context)
    if (answer.status !== 200) throw keysRefusal(answer, session.values, context)
    const listed = readKeys(answer)
    keys.push(...listed)
    // There is no total: a page that is not full is the last.
    if (listed.length < PAGE) return keys
  }
  throw unexpected('is a list without end')
}

/** How a key came to its end; for one that was gone already with what the list holds instead. */
export type Deleted =
  | { readonly ending: 'revoked' }
  | { readonly ending: 'already_gone'; readonly listed: readonly ListedKey[] }

/** Deletes it, which is effective at once. */
export async function deleteKey(
  id: string,
  session: ProviderSession,
  context: ProviderContext,
): Promise<Deleted> {
  if (!isKeyId(id)) throw unexpected('holds no usable "id"')
  const answer = await callKeys(session, { method: 'DELETE', below: `/${id}` }, context)
  if (answer.status === 200) {
    readText(readObject(answer), 'message')
    return { ending: 'revoked' }
  }
  if (!isServiceError(answer, 404) && !isServiceError(answer, 400)) {
    throw keysRefusal(answer, session.values, context)
  }
  // A path that leads nowhere is answered like a key that is gone, so the list decides.
  const listed = await listKeys(session, context)
  if (!listed.some((key) => key.id === id)) return { ending: 'already_gone', listed }
  throw refusedStatus(hostOf(session.values), answer.status)
}

/** What a refusal to manage keys means. */
export function keysRefusal(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  if (isServiceError(answer, 401)) {
    return new TokentrayError('wrong_credentials', `${host} does not accept this token any more.`, {
      hint: 'Log in again.',
    })
  }
  if (answer.status === 403 && whyForbidden(answer) === 'rights') return withoutRights(values)
  if (isServiceError(answer, 404)) {
    return new TokentrayError(
      'not_supported',
      `${host} has no API keys: it is too old for them, or they are switched off.`,
      { hint: 'Let leases of this account have a login of their own.' },
    )
  }
  return refusal(answer, values, context)
}

/** A token has the rights of the moment that it was made in, so that another may have more. */
function withoutRights(values: FormValues): TokentrayError {
  const sentence = `${hostOf(values)} does not let ${values['username'] ?? ''} manage API keys, for which an administrator needs permission *.`
  const hint = 'Give it that permission, or let leases have a login of their own.'
  const ofNewToken = new TokentrayError('invalid_request', sentence, { hint })
  return new TokentrayError('wrong_credentials', sentence, { hint, ofNewToken })
}

function readKeys(answer: HttpResponse): readonly ListedKey[] {
  return readItems(answer).map((item) => ({
    id: readText(item, 'id'),
    name: readText(item, 'name'),
  }))
}
