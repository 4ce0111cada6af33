import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { HttpRequest, HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext } from '../provider.ts'
import { findObject, readObject } from '../wire/json-object.ts'
import { isSuccess } from '../wire/received-token.ts'
import { hostOf, serviceAddress } from '../wire/service-address.ts'
import { rateLimited, refusedStatus } from '../wire/service-errors.ts'
import { toTransport } from '../wire/transport-fields.ts'
import { forbidden } from './forbidden.ts'

const RATE_LIMITED_MS = 60_000

/** The password of an administrator is refused as a user's, in the same words as a wrong one. */
export function otherRole({ role }: FormValues): string {
  return role === 'admin'
    ? 'For a user who is no administrator set "Sign in as" to "User" (role=user).'
    : 'For an administrator set "Sign in as" to "Administrator" (role=admin).'
}

interface Call {
  readonly method: HttpRequest['method']
  /** From `/api/v2` on. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON. */
  readonly body?: string
}

/**
 * Sends it once: even login and logout, which are GET, change something at the service. A success in
 * which an error stands is `unexpected_answer`: the service leaves that member out of one.
 */
export async function callSftpgo(
  values: FormValues,
  { method, path, headers, body }: Call,
  { http, signal }: ProviderContext,
): Promise<HttpResponse> {
  const answer = await http.send({
    method,
    url: `${serviceAddress(values).href}${path}`,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
    transport: toTransport(values),
    signal,
  })
  if (isSuccess(answer) && findObject(answer)?.['error']) {
    throw refusedStatus(hostOf(values), answer.status)
  }
  return answer
}

/**
 * True for an answer with this status in SFTPGo's own words: a gateway's says nothing about token
 * or password, and would have a living token forgotten. What is no JSON is `unexpected_answer`.
 */
export function isServiceError(answer: HttpResponse, status: number): boolean {
  if (answer.status !== status) return false
  const members = readObject(answer)
  return typeof members['message'] === 'string' || typeof members['error'] === 'string'
}

/** What a refusal means. Statuses decide; texts, which differ from version to version, refine a 403. */
export function refusal(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  switch (answer.status) {
    case 401:
      return isServiceError(answer, 401)
        ? new TokentrayError('wrong_credentials', `${host} did not accept the login.`, {
            hint: `Check the user name, the password and the one-time code. ${otherRole(values)}`,
          })
        : refusedStatus(host, answer.status)
    case 403:
      return forbidden(answer, values, context)
    case 404:
      return refusedStatus(
        host,
        404,
        'Check the address, without /api/v2; the server may also have this kind of login disabled.',
      )
    case 429:
      return rateLimited(host, answer, context, RATE_LIMITED_MS)
    default:
      return refusedStatus(host, answer.status)
  }
}

/** The header that a JWT travels in. */
export const bearer = (token: Secret) => ({ authorization: `Bearer ${token.reveal()}` })
