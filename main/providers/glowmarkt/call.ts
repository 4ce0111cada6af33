import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { HttpRequest, HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext, ProviderSession } from '../provider.ts'
import { serviceAddress } from '../wire/service-address.ts'
import { toTransport } from '../wire/transport-fields.ts'
import { BRIGHT_APPLICATION_ID, GLOWMARKT_URL } from './fields.ts'

interface Call {
  readonly method: HttpRequest['method']
  /** With a leading slash and no trailing one: two slashes in a row would be another path. */
  readonly path: string
  readonly token?: Secret
  readonly body?: string
}

/** Sends a call once, with the two headers that the service uses instead of `Authorization`. */
export async function callGlowmarkt(
  values: FormValues,
  { method, path, token, body }: Call,
  { http, signal }: ProviderContext,
): Promise<HttpResponse> {
  return http.send({
    method,
    url: `${serviceAddress(values).href}${path}`,
    headers: {
      applicationId: applicationIdOf(values),
      ...(token && { token: token.reveal() }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
    transport: toTransport(values),
    signal,
  })
}

/** The same with the session's own token; rejects with `wrong_credentials` without one. */
export async function callAsSession(
  { values, token }: ProviderSession,
  call: Pick<Call, 'method' | 'path'>,
  context: ProviderContext,
): Promise<HttpResponse> {
  if (!token) throw new TokentrayError('wrong_credentials', 'The session no longer has a token.')
  return callGlowmarkt(values, { ...call, token: token.value }, context)
}

/** The application id, safe for a header; throws `invalid_request` otherwise. */
export function applicationIdOf(values: FormValues): string {
  // Pasted ids often have spaces around them.
  const id = (values['applicationId'] ?? '').trim()
  if (/^[\x21-\x7e]{1,256}$/.test(id)) return id
  throw new TokentrayError('invalid_request', 'That is not a valid application ID.', {
    field: 'applicationId',
    hint: `Leave the field empty for the ID of the Bright app, ${BRIGHT_APPLICATION_ID}.`,
  })
}

/** The service's name in lists: users know the app, not its host. */
export function placeOf(values: FormValues): string {
  const { href, host } = serviceAddress(values)
  const isBright = href === GLOWMARKT_URL && applicationIdOf(values) === BRIGHT_APPLICATION_ID
  return isBright ? 'Bright' : host
}
