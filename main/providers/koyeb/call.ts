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

/** Sends a call once. */
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

/** A token as tools send it. */
export function toAccessToken(value: Secret, expiresAt: number): AccessToken {
  const headers = { Authorization: new Secret(bearer(value)) }
  return { value, tokenType: 'Bearer', headers, expiresAt }
}

/** The organization ID in the form; `null` if the field is empty. Throws `invalid_request` for an invalid one. */
export function enteredOrganization(values: FormValues): string | null {
  // Pasted ids often have spaces around them.
  const id = (values['organization'] ?? '').trim()
  if (id === '') return null
  if (isOrganizationId(id)) return id
  throw new TokentrayError('invalid_request', 'That is not a valid organization ID.', {
    field: 'organization',
    hint: 'Enter the ID, not the name, or leave the field empty.',
  })
}

/** Security: true for an id that is safe in a path, where dots and slashes would lead to another route. */
export function isOrganizationId(id: string): boolean {
  return /^[A-Za-z0-9-]{1,64}$/.test(id)
}

/** The service's name in lists. */
export function placeOf(values: FormValues): string {
  const { href, host } = serviceAddress(values)
  return href === KOYEB_URL ? 'Koyeb' : host
}

const bearer = (token: Secret) => `Bearer ${token.reveal()}`
