import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { expect } from 'vitest'
import type { Clock } from '../../main/base/clock.ts'
import { type ErrorCode, TokentrayError } from '../../main/base/errors.ts'
import { Secret } from '../../main/base/secret.ts'
import type { HttpClient } from '../../main/providers/http/http.ts'
import type { AccessToken, ProviderContext, Trials } from '../../main/providers/provider.ts'
import { findLeaks } from '../helpers/marks.ts'

/** A context as the broker passes it, with these changes. */
export function makeContext(
  http: HttpClient,
  clock: Clock,
  changes: Partial<ProviderContext> = {},
): ProviderContext {
  return {
    http,
    clock,
    newId: randomUUID,
    activity: 'login',
    signal: new AbortController().signal,
    ...changes,
  }
}

/** A record of trials that notes each call, and refuses while `full.isFull` is true. */
export function noteTrials(): Trials & {
  readonly noted: string[]
  readonly full: { isFull: boolean }
} {
  const noted: string[] = []
  const full = { isFull: false }
  const note = async (text: string) => {
    if (full.isFull) throw new TokentrayError('record_unavailable')
    noted.push(text)
  }
  return {
    ...{ noted, full },
    plan: (leaseId) => note(`plan ${leaseId}`),
    made: (_token, _values, of) => note(`made ${of}`),
    ended: (what) => void noted.push(`ended ${typeof what === 'string' ? what : 'token'}`),
  }
}

/** The error that the promise rejects with; it must have that code and leak nothing. */
export async function refusalOf(
  promise: Promise<unknown>,
  code: ErrorCode,
  secrets: readonly string[] = [],
): Promise<TokentrayError> {
  const error: unknown = await promise.then(
    (value) => new Error(`It resolved instead of rejecting: ${inspect(value)}.`),
    (reason: unknown) => reason,
  )
  if (!(error instanceof TokentrayError)) throw error
  expect(error.code, error.message).toBe(code)
  expectNoLeak(error, secrets)
  return error
}

/** Fails if anything that a log could print of the error contains a marked secret or one of these. */
function expectNoLeak(error: TokentrayError, secrets: readonly string[]): void {
  const everything = [
    error.message,
    error.hint,
    error.stack,
    JSON.stringify(error),
    inspect(error, { depth: null, showHidden: true, maxStringLength: null }),
  ].join('\n')
  expect(findLeaks(everything, new Set())).toEqual([])
  for (const secret of secrets) expect(everything).not.toContain(secret)
}

/** The headers of a token as a tool sends them. */
export function revealHeaders({ headers }: AccessToken): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]))
}

/** A token that the service never issued. */
export function strangeToken(value: string): AccessToken {
  return { value: new Secret(value), tokenType: 'Bearer', headers: {}, expiresAt: null }
}

/** The JSON object that another program gets from the same call, whatever the status. */
export async function fetchMembers(
  url: string,
  init: RequestInit,
): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await (await fetch(url, init)).json()
  return typeof body === 'object' && body !== null ? { ...body } : {}
}
