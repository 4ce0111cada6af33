import type { HttpResponse } from '../http/http.ts'
import { findObject, readMember, readObject, readText, unexpected } from '../wire/json-object.ts'
import { isOrganizationId } from './call.ts'

/** An organization. */
export interface Organization {
  readonly id: string
  /** `null` if there is none that is safe to show. */
  readonly name: string | null
}

/**
 * Who sent an error: the service, the router in front of it, which uses another format (for an unknown
 * route, for example), or another program, such as a gateway.
 */
export type ErrorSource = 'service' | 'router' | 'other'

/** gRPC error codes, which the router uses; a gateway repeats the HTTP status. */
const ROUTER_CODES = { least: 1, most: 16 } as const

/**
 * Both of Koyeb's formats have `code` and `message`; the router's code is a number. Errors of other programs
 * say nothing about a token.
 */
export function errorSourceOf(response: HttpResponse): ErrorSource {
  const words = findObject(response)
  if (typeof words?.['message'] !== 'string') return 'other'
  const { code } = words
  if (typeof code === 'string') return 'service'
  const isFromRouter =
    typeof code === 'number' && code >= ROUTER_CODES.least && code <= ROUTER_CODES.most
  return isFromRouter ? 'router' : 'other'
}

/**
 * True for Koyeb's response to a successful call without a result. Errors and the pages of gateways can have
 * status 200 too.
 */
export function isDone(response: HttpResponse): boolean {
  return response.status === 200 && Object.keys(readObject(response)).length === 0
}

/** True for an error with one of these statuses from Koyeb itself. */
export function isServiceError(response: HttpResponse, ...statuses: readonly number[]): boolean {
  return statuses.includes(response.status) && errorSourceOf(response) !== 'other'
}

/** True for an error that says that the account is locked, which has no status of its own. */
export function saysLocked(response: HttpResponse): boolean {
  const message = findObject(response)?.['message']
  return typeof message === 'string' && /\block(ed|out)?\b/i.test(message)
}

/** True for a 400 that names fields of the request. */
export function namesFields(response: HttpResponse): boolean {
  return fieldsOf(response).length > 0
}

/** True for a 400 that names only this field. */
export function namesOnly(response: HttpResponse, name: string): boolean {
  const fields = fieldsOf(response)
  return fields.length > 0 && fields.every((field) => isFieldOf(field, name))
}

function isFieldOf(field: unknown, name: string): boolean {
  return typeof field === 'object' && field !== null && 'field' in field && field.field === name
}

function fieldsOf(response: HttpResponse): readonly unknown[] {
  const fields = findObject(response)?.['fields']
  return Array.isArray(fields) ? fields : []
}

/** The organization of a token; throws `unexpected_answer` without a usable id. */
export function readOrganization(response: HttpResponse): Organization {
  const organization = readMember(readObject(response), 'organization')
  const id = readText(organization, 'id')
  if (!isOrganizationId(id)) throw unexpected('contains no usable "id"')
  const name = organization['name']
  // Security: the name is shown to the user, so one with control characters is dropped.
  const isShown = typeof name === 'string' && /^\P{C}{1,64}$/u.test(name)
  return { id, name: isShown ? name : null }
}
