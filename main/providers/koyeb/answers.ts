import type { HttpResponse } from '../http/http.ts'
import { findObject, readMember, readObject, readText, unexpected } from '../wire/json-object.ts'
import { isOrganizationId } from './call.ts'

/** An organisation as the service shows it. */
export interface Organization {
  readonly id: string
  /** `null` where there is none that could be shown to a person. */
  readonly name: string | null
}

/**
 * Who has sent a refusal: the service itself, the router in front of it (an unknown route, for
 * example), which says so in another envelope, or something that stands between.
 */
export type ErrorSource = 'service' | 'router' | 'stranger'

/** The numbers of gRPC's refusals, which is what the router speaks; a gateway repeats the status. */
const ROUTER_CODES = { least: 1, most: 16 } as const

/**
 * Both of Koyeb's envelopes have `code` and `message`; the code of the router's is a number. Others
 * have pages with the same statuses, which say nothing about a token.
 */
export function errorSourceOf(answer: HttpResponse): ErrorSource {
  const words = findObject(answer)
  if (typeof words?.['message'] !== 'string') return 'stranger'
  const { code } = words
  if (typeof code === 'string') return 'service'
  const isRouters =
    typeof code === 'number' && code >= ROUTER_CODES.least && code <= ROUTER_CODES.most
  return isRouters ? 'router' : 'stranger'
}

/**
 * True for all that Koyeb says of something that is done and has no result. With status 200 come
 * refusals, too, and pages of what stands between.
 */
export function isDone(answer: HttpResponse): boolean {
  return answer.status === 200 && Object.keys(readObject(answer)).length === 0
}

/** True for a refusal with this status in Koyeb's own words. */
export function isServiceError(answer: HttpResponse, ...statuses: readonly number[]): boolean {
  return statuses.includes(answer.status) && errorSourceOf(answer) !== 'stranger'
}

/** True for a refusal that says that the account is locked; no status says it. */
export function speaksOfLock(answer: HttpResponse): boolean {
  const message = findObject(answer)?.['message']
  return typeof message === 'string' && /\block(ed|out)?\b/i.test(message)
}

/** True for a 400 that names fields of the request. */
export function namesFields(answer: HttpResponse): boolean {
  return fieldsOf(answer).length > 0
}

/** True for one that names this field and no other. */
export function namesOnly(answer: HttpResponse, name: string): boolean {
  const fields = fieldsOf(answer)
  return fields.length > 0 && fields.every((field) => isFieldOf(field, name))
}

function isFieldOf(field: unknown, name: string): boolean {
  return typeof field === 'object' && field !== null && 'field' in field && field.field === name
}

function fieldsOf(answer: HttpResponse): readonly unknown[] {
  const fields = findObject(answer)?.['fields']
  return Array.isArray(fields) ? fields : []
}

/** The organisation of a token; an answer without a usable id is `unexpected_answer`. */
export function readOrganization(answer: HttpResponse): Organization {
  const organization = readMember(readObject(answer), 'organization')
  const id = readText(organization, 'id')
  if (!isOrganizationId(id)) throw unexpected('holds no usable "id"')
  const name = organization['name']
  // Security: it is shown to a person, so one that could steer a terminal is left out.
  const isShown = typeof name === 'string' && /^\P{C}{1,64}$/u.test(name)
  return { id, name: isShown ? name : null }
}
