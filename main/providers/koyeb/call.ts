import { TokentrayError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import type { HttpRequest, HttpResponse } from '../http/http.ts'
import type { AccessToken, FormValues, ProviderContext } from '../provider.ts'
import { serviceAddress } from '../wire/service-address.ts'
import { toTransport } from '../wire/transport-fields.ts'
import { KOYEB_URL } from './fields.ts'

interface Call {
  readonly method: HttpRequest['method']
  readonly path: string
  readonly token?: Secret
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends it once. */
export async function callKoyeb(
  values: FormValues,
  { method, path, token, body, headers }: Call,
  { http, signal }: ProviderContext,
): Promise<HttpResponse> {
  return http.send({
    method,
    url: `${serviceAddress(values).href}${path}`,
    headers: {
      ...(token && { authorization: bearer(token) }),
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
    transport: toTransport(values),
    signal,
  })
}

/** A token of the service as tools send it. */
export function toAccessToken(value: Secret, expiresAt: number): AccessToken {
  const headers = { Authorization: new Secret(bearer(value)) }
  return { value, tokenType: 'Bearer', headers, expiresAt }
}

/** The organisation that the form names; `null` where it names none. */
export function enteredOrganization(values: FormValues): string | null {
  // Pasted ids often have blanks around them.
  const id = (values['organization'] ?? '').trim()
  if (id === '') return null
  if (isOrganizationId(id)) return id
  throw new TokentrayError('invalid_request', 'The organisation id is not one.', {
    field: 'organization',
    hint: 'Enter the id, not the name; or leave the field empty.',
  })
}

/** Security: true for what may stand in a path; dots and slashes would lead to another route. */
export function isOrganizationId(id: string): boolean {
  return /^[A-Za-z0-9-]{1,64}$/.test(id)
}

/** Where an account is, for lists. */
export function placeOf(values: FormValues): string {
  const { href, host } = serviceAddress(values)
  return href === KOYEB_URL ? 'Koyeb' : host
}

const bearer = (token: Secret) => `Bearer ${token.reveal()}`
