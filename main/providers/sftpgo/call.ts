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

/** A hint to check the role: the service refuses the password of the other role like a wrong one. */
export function roleHint({ role }: FormValues): string {
  return role === 'admin'
    ? 'If you are not an administrator, set "Log in as" to "User" (role=user).'
    : 'If you are an administrator, set "Log in as" to "Administrator" (role=admin).'
}

interface Call {
  readonly method: HttpRequest['method']
  /** Starts with `/api/v2`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON. */
  readonly body?: string
}

/**
 * Sends a call once: even login and logout, which are GET, change something at the service. A success with
 * an `error` member is `unexpected_answer`, because the service never sends one.
 */
export async function callSftpgo(
  values: FormValues,
  { method, path, headers, body }: Call,
  { http, signal }: ProviderContext,
): Promise<HttpResponse> {
  const response = await http.send({
    method,
    url: `${serviceAddress(values).href}${path}`,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
    transport: toTransport(values),
    signal,
  })
  if (isSuccess(response) && findObject(response)?.['error']) {
    throw refusedStatus(hostOf(values), response.status)
  }
  return response
}

/**
 * True for an error with this status from SFTPGo itself. A gateway's error says nothing about the token or
 * password, and taking it for one would lose a valid token. Throws `unexpected_answer` if it is not JSON.
 */
export function isServiceError(response: HttpResponse, status: number): boolean {
  if (response.status !== status) return false
  const body = readObject(response)
  return typeof body['message'] === 'string' || typeof body['error'] === 'string'
}

/** The error for a refusal, by its status. Texts, which differ between versions, only refine a 403. */
export function refusal(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  switch (response.status) {
    case 401:
      return isServiceError(response, 401)
        ? new TokentrayError('wrong_credentials', `${host} did not accept the login.`, {
            hint: `Check the user name, password and one-time code. ${roleHint(values)}`,
          })
        : refusedStatus(host, response.status)
    case 403:
      return forbidden(response, values, context)
    case 404:
      return refusedStatus(
        host,
        404,
        'Check that the address does not include /api/v2. The server may also have this kind of login turned off.',
      )
    case 429:
      return rateLimited(host, response, context, RATE_LIMITED_MS)
    default:
      return refusedStatus(host, response.status)
  }
}

/** The header for a JWT. */
export const bearer = (token: Secret) => ({ authorization: `Bearer ${token.reveal()}` })
