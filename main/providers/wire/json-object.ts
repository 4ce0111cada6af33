import { TokentrayError } from '../../base/errors.ts'
import type { HttpResponse } from '../http/http.ts'

/** A JSON object whose members nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The answer's JSON object; anything else is `unexpected_answer`. */
export function readObject(answer: HttpResponse): JsonObject {
  const value = answer.json()
  if (!isObject(value)) throw unexpectedShape()
  return value
}

/** The same, and `null` for anything else: where the status alone has to do. */
export function findObject(answer: HttpResponse): JsonObject | null {
  try {
    return readObject(answer)
  } catch {
    // A page of what stands between, or no body at all.
    return null
  }
}

/** The members of a list of objects; anything else is `unexpected_answer`. */
export function readItems(answer: HttpResponse): readonly JsonObject[] {
  const value = answer.json()
  if (!Array.isArray(value) || !value.every(isObject)) throw unexpectedShape()
  return value
}

/** An object in an object; its absence is `unexpected_answer`. */
export function readMember(members: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(members, name) ? members[name] : undefined
  if (!isObject(value)) throw unexpectedShape(name)
  return value
}

/** A text member of an object; its absence is `unexpected_answer`, which does not quote the rest. */
export function readText(members: JsonObject, name: string): string {
  const value = Object.hasOwn(members, name) ? members[name] : undefined
  if (typeof value !== 'string') throw unexpectedShape(name)
  return value
}

/**
 * A member that is a token: what fits into a header as it is. Security: a line break in it would
 * let the service write headers of its own into a tool's requests.
 */
export function readToken(members: JsonObject, name: string): string {
  const token = readText(members, name)
  if (!/^[\x21-\x7e]{1,8192}$/.test(token)) throw unexpectedShape(name)
  return token
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unexpectedShape(name?: string): TokentrayError {
  return unexpected(name === undefined ? 'is not what it should be' : `holds no usable "${name}"`)
}

/** What an answer is refused with that is of no use; `what` follows its name in a sentence. */
export function unexpected(what: string): TokentrayError {
  return new TokentrayError('unexpected_answer', `The answer of the service ${what}.`)
}
