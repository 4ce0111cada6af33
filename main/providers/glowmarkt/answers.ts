import type { HttpResponse } from '../http/http.ts'
import type { ListedToken } from '../provider.ts'
import { parseExpiry } from '../wire/expiry.ts'
import {
  findObject,
  type JsonObject,
  readItems,
  readText,
  unexpected,
} from '../wire/json-object.ts'

/** Errors have one of these, or `error` with `message`, or `valid: false`. */
const ENVELOPES = ['error', 'message', 'valid']
/** Our logins create JWTs; the meaning of other values is undocumented. */
const OTHER_LOGIN = /^oauth/i

/** True for a token id that is safe in a path; the service uses GUIDs. */
export function isTokenId(id: string): boolean {
  return /^[A-Za-z0-9-]{1,64}$/.test(id)
}

/** The member `valid`, which can be false with status 200; throws `unexpected_answer` without it. */
export function readValid(body: JsonObject): boolean {
  const valid = Object.hasOwn(body, 'valid') ? body['valid'] : undefined
  if (typeof valid !== 'boolean') throw unexpected('does not say whether it is valid')
  return valid
}

/** True for 200 and 400 with `valid: false`: the call had no effect. */
export function isNotValid(response: HttpResponse): boolean {
  return isOneOf(response, 200, 400) && findObject(response)?.['valid'] === false
}

/**
 * True for 401, and the undocumented 403 that other clients treat the same, from the service itself: gateways
 * use these statuses too.
 */
export function isDenied(response: HttpResponse): boolean {
  return isOneOf(response, 401, 403) && isServiceError(response)
}

/**
 * True if the token or application id of a call was not accepted. Most calls have no 401: they return 400
 * with `error`, as for an incomplete request, or `valid: false`.
 */
export function isRefusedToken(response: HttpResponse): boolean {
  return (
    isDenied(response) ||
    isNotValid(response) ||
    (response.status === 400 && isServiceError(response))
  )
}

const isOneOf = ({ status }: HttpResponse, ...statuses: readonly number[]) =>
  statuses.includes(status)

/** True for an error from the service itself, without `valid: true`. */
function isServiceError(response: HttpResponse): boolean {
  const words = findObject(response)
  if (words === null || words['valid'] === true) return false
  return ENVELOPES.some((name) => Object.hasOwn(words, name))
}

/** The listed tokens, with times by our clock; throws `unexpected_answer` for anything else. */
export function readListedTokens(response: HttpResponse): readonly ListedToken[] {
  return readItems(response).map((item) => {
    const id = readText(item, 'tokenId')
    if (!isTokenId(id)) throw unexpected('contains no usable "tokenId"')
    const framework = readFramework(item)
    return {
      id,
      ...(framework !== null && { framework }),
      ...(framework !== null && OTHER_LOGIN.test(framework) && { foreign: true }),
      createdAt: readMoment(item, 'createdAt', response.skewMs),
      expiresAt: item['expiresAt'] === null ? null : readMoment(item, 'expiresAt', response.skewMs),
    }
  })
}

/** Whether all items of a list are valid; throws `unexpected_answer` for an empty list or anything else. */
export function readAllValid(response: HttpResponse): boolean {
  const items = readItems(response)
  if (items.length === 0) throw unexpected('is an empty list')
  return items.map(readValid).every(Boolean)
}

/** In RFC 3339, although the login uses Unix seconds. */
function readMoment(item: JsonObject, name: string, skewMs: number): number {
  return parseExpiry({ as: 'rfc3339', value: readText(item, name) }, skewMs)
}

/** Security: shown to the user, so a value with control characters is dropped. */
function readFramework(item: JsonObject): string | null {
  const framework = item['authenticationFramework']
  return typeof framework === 'string' && /^[\x20-\x7e]{1,64}$/.test(framework) ? framework : null
}
