import { expect } from 'vitest'
import { errorAnswer } from '../../main/loopback/schemas/schemas.ts'
import type { JsonResponse } from '../helpers/make-loopback.ts'

/** RFC 6749 5.2: the characters allowed in an `error_description` on the OAuth routes. */
const DESCRIPTION = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/
const ONE_LINE = /^\P{Cc}+$/u

/** Checks what all errors have in common, and returns the body. */
export function expectRefusal(answer: JsonResponse, status: number, code: string) {
  const body = errorAnswer.parse(answer.body)
  expect({ status: answer.status, error: body.error }).toEqual({ status, error: code })
  expect(body.error_description).toMatch(answer.path.startsWith('/oauth/') ? DESCRIPTION : ONE_LINE)
  expect(body.hint).toMatch(/\S/)
  expectPrivate(answer)
  const retryAfter = answer.headers.get('retry-after')
  expect(retryAfter).toBe(body.retry_after === undefined ? null : String(body.retry_after))
  return body
}

/** Every response forbids caching, content sniffing and reading from other origins. */
export function expectPrivate({ headers }: JsonResponse): void {
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
}
