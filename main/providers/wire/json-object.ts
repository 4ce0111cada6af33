import { TokentrayError } from '../../base/errors.ts'
import type { HttpResponse } from '../http/http.ts'

/** A JSON object with unchecked members. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The JSON object of a response; throws `unexpected_answer` for anything else. */
export function readObject(response: HttpResponse): JsonObject {
  const value = response.json()
  if (!isObject(value)) throw unexpectedShape()
  return value
}

/** The same, or `null` for anything else: for callers that can decide by the status alone. */
export function findObject(response: HttpResponse): JsonObject | null {
  try {
    return readObject(response)
  } catch {
    // The page of a gateway, or no body.
    return null
  }
}

/** The items of a list of objects; throws `unexpected_answer` for anything else. */
export function readItems(response: HttpResponse): readonly JsonObject[] {
  const value = response.json()
  if (!Array.isArray(value) || !value.every(isObject)) throw unexpectedShape()
  return value
}

/** A member that is an object; throws `unexpected_answer` without one. */
export function readMember(object: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined
  if (!isObject(value)) throw unexpectedShape(name)
  return value
}

/** A member that is a string; throws `unexpected_answer`, which quotes nothing, without one. */
export function readText(object: JsonObject, name: string): string {
  const value = Object.hasOwn(object, name) ? object[name] : undefined
  if (typeof value !== 'string') throw unexpectedShape(name)
  return value
}

/**
 * A member that is a token, and can go into a header as it is. Security: with a line break in it, the
 * service could inject headers into a tool's requests.
 */
export function readToken(object: JsonObject, name: string): string {
  const token = readText(object, name)
  if (!/^[\x21-\x7e]{1,8192}$/.test(token)) throw unexpectedShape(name)
  return token
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unexpectedShape(name?: string): TokentrayError {
  return unexpected(
    name === undefined ? 'is not in the expected format' : `contains no usable "${name}"`,
  )
}

/** The error for an unusable response; `what` completes the sentence "The response of the service …". */
export function unexpected(what: string): TokentrayError {
  return new TokentrayError('unexpected_answer', `The response of the service ${what}.`)
}
