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

/** Failures come as one of these, or as `error` with `message`, or as `valid: false`. */
const ENVELOPES = ['error', 'message', 'valid']
/** What our login makes is a JWT; of other words nobody knows whose they are. */
const OTHER_LOGIN = /^oauth/i

/** True for what may stand in a path as the id of a token; the service's own are GUIDs. */
export function isTokenId(id: string): boolean {
  return /^[A-Za-z0-9-]{1,64}$/.test(id)
}

/** The member `valid`, which may be false on 200 too; its absence is `unexpected_answer`. */
export function readValid(members: JsonObject): boolean {
  const valid = Object.hasOwn(members, 'valid') ? members['valid'] : undefined
  if (typeof valid !== 'boolean') throw unexpected('does not say whether it is valid')
  return valid
}

/** True for 200 and 400 with `valid: false`: the service did not do it. */
export function isNotValid(answer: HttpResponse): boolean {
  return isOneOf(answer, 200, 400) && findObject(answer)?.['valid'] === false
}

/**
 * True for 401, and for the undeclared 403 that other clients take for it, in the service's own
 * words: what stands between has pages with these statuses too.
 */
export function isDenied(answer: HttpResponse): boolean {
  return isOneOf(answer, 401, 403) && isServiceError(answer)
}

/**
 * True for what a call gets that came with token and application id, and one of them was not
 * accepted. Most calls know no 401: they say 400 with `error`, as of a request that lacks something,
 * or that it is not valid.
 */
export function isRefusedToken(answer: HttpResponse): boolean {
  return isDenied(answer) || isNotValid(answer) || (answer.status === 400 && isServiceError(answer))
}

const isOneOf = ({ status }: HttpResponse, ...statuses: readonly number[]) =>
  statuses.includes(status)

/** In the service's own words, and not `valid: true`. */
function isServiceError(answer: HttpResponse): boolean {
  const words = findObject(answer)
  if (words === null || words['valid'] === true) return false
  return ENVELOPES.some((name) => Object.hasOwn(words, name))
}

/** The tokens of the list, by our clock; anything else is `unexpected_answer`. */
export function readListedTokens(answer: HttpResponse): readonly ListedToken[] {
  return readItems(answer).map((item) => {
    const id = readText(item, 'tokenId')
    if (!isTokenId(id)) throw unexpected('holds no usable "tokenId"')
    const framework = readFramework(item)
    return {
      id,
      ...(framework !== null && { framework }),
      ...(framework !== null && OTHER_LOGIN.test(framework) && { foreign: true }),
      createdAt: readMoment(item, 'createdAt', answer.skewMs),
      expiresAt: item['expiresAt'] === null ? null : readMoment(item, 'expiresAt', answer.skewMs),
    }
  })
}

/** Whether all items of a list that is not empty are valid; anything else is `unexpected_answer`. */
export function readAllValid(answer: HttpResponse): boolean {
  const items = readItems(answer)
  if (items.length === 0) throw unexpected('is an empty list')
  return items.map(readValid).every(Boolean)
}

/** In RFC 3339, although the moments of a login are unix seconds. */
function readMoment(item: JsonObject, name: string, skewMs: number): number {
  return parseExpiry({ as: 'rfc3339', value: readText(item, name) }, skewMs)
}

/** Security: it is shown to a person, so a word that could steer a terminal is left out. */
function readFramework(item: JsonObject): string | null {
  const framework = item['authenticationFramework']
  return typeof framework === 'string' && /^[\x20-\x7e]{1,64}$/.test(framework) ? framework : null
}
