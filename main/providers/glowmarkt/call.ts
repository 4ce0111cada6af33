import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { HttpRequest, HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext, ProviderSession } from '../provider.ts'
import { serviceAddress } from '../wire/service-address.ts'
import { toTransport } from '../wire/transport-fields.ts'
import { BRIGHT_APPLICATION_ID, GLOWMARKT_URL } from './fields.ts'

interface Call {
  readonly method: HttpRequest['method']
  /** With a slash in front and none at the end: two in a row would be another path. */
  readonly path: string
  readonly token?: Secret
  readonly body?: string
}

/** Sends it once, with the two headers that the service has instead of `Authorization`. */
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

/** The same with the session's own token; without one it is `wrong_credentials`, and nothing is sent. */
export async function callAsSession(
  { values, token }: ProviderSession,
  call: Pick<Call, 'method' | 'path'>,
  context: ProviderContext,
): Promise<HttpResponse> {
  if (!token) throw new TokentrayError('wrong_credentials', 'The session has no token any more.')
  return callGlowmarkt(values, { ...call, token: token.value }, context)
}

/** The application id as it goes into a header; one that cannot is `invalid_request`. */
export function applicationIdOf(values: FormValues): string {
  // Pasted ids often have blanks around them.
  const id = (values['applicationId'] ?? '').trim()
  if (/^[\x21-\x7e]{1,256}$/.test(id)) return id
  throw new TokentrayError('invalid_request', 'The application id is not one.', {
    field: 'applicationId',
    hint: `Leave the field empty for that of the Bright app, ${BRIGHT_APPLICATION_ID}.`,
  })
}

/** Where an account is, for lists: people know the app, not the host behind it. */
export function placeOf(values: FormValues): string {
  const { href, host } = serviceAddress(values)
  const isBright = href === GLOWMARKT_URL && applicationIdOf(values) === BRIGHT_APPLICATION_ID
  return isBright ? 'Bright' : host
}
