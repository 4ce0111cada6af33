import { TokentrayError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import type { HttpResponse } from '../http/http.ts'
import type { AccessToken, FormValues, ProviderContext, Revocation } from '../provider.ts'
import { parseExpiry } from '../wire/expiry.ts'
import { type JsonObject, readObject, readText, readToken } from '../wire/json-object.ts'
import { requireNotExpired } from '../wire/received-token.ts'
import { hostOf } from '../wire/service-address.ts'
import { bearer, callSftpgo, isServiceError, refusal } from './call.ts'
import { requiredAction } from './token-check.ts'

/** The longest token lifetime that a server can be set to. */
const LONGEST_MS = 12 * 3_600_000
/** Since 2.7.0 a JWT is accepted for this long after its expiry (`jwt.WithAcceptableSkew`). */
const ACCEPTED_AFTER_EXPIRY_MS = 30_000
/** How soon this computer may have the address of the token again. */
const OTHER_ADDRESS_MS = 60_000

const paths = {
  user: { login: '/api/v2/user/token', logout: '/api/v2/user/logout' },
  admin: { login: '/api/v2/token', logout: '/api/v2/logout' },
} as const

/** Logs in with the password and, unless it is empty, the code. */
export async function askForToken(
  values: FormValues,
  password: Secret,
  code: string,
  context: ProviderContext,
): Promise<HttpResponse> {
  const username = values['username'] ?? ''
  // RFC 7617: the first colon ends the user name, and control characters are not allowed.
  if (/[:\p{Cc}]/u.test(username)) {
    throw new TokentrayError(
      'invalid_request',
      'The user name must not contain a colon or control characters.',
      { field: 'username' },
    )
  }
  const basic = Buffer.from(`${username}:${password.reveal()}`, 'utf8').toString('base64')
  const headers = { authorization: `Basic ${basic}`, ...(code !== '' && { 'x-sftpgo-otp': code }) }
  return callSftpgo(values, { method: 'GET', path: pathsOf(values).login, headers }, context)
}

/**
 * The JWT from the response to a login. Logs it out at once if its expiry is unreadable, or if the account
 * must first change its password or set up two-factor authentication.
 */
export async function readAccessToken(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): Promise<AccessToken> {
  if (response.status !== 200) throw refusal(response, values, context)
  const body = readObject(response)
  const value = new Secret(readToken(body, 'access_token'))
  const headers = { Authorization: new Secret(bearer(value).authorization) }
  const token = { value, tokenType: 'Bearer', headers, takenAfterEndMs: ACCEPTED_AFTER_EXPIRY_MS }
  try {
    const expiresAt = readExpiry(body, response, values, context)
    const action = requiredAction(value, values)
    if (action) throw action
    return { ...token, expiresAt }
  } catch (error) {
    // No token is valid for longer, whatever the response said.
    const expiresAt = context.clock.now() + LONGEST_MS
    await discard({ ...token, expiresAt }, values, context)
    throw error
  }
}

/** Logs out a JWT that will not be used; if that fails, it stays on record, if there is one. */
export async function discard(
  token: AccessToken,
  values: FormValues,
  context: ProviderContext,
): Promise<void> {
  const { trials } = context
  // If it cannot be recorded, the record revokes it.
  await trials?.made(token, values, 'session').catch(() => undefined)
  await logout(token.value, values, context).then(
    () => trials?.ended(token),
    () => undefined,
  )
}

/** Logs out this JWT only. */
export async function logout(
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<Revocation> {
  const response = await sendLogout(token, values, context)
  if (response.status === 200) {
    // The page of a gateway would be a 200 too, with the token still valid.
    readText(readObject(response), 'message')
    return 'revoked'
  }
  if (isForAnotherAddress(response)) throw onlyFromItsAddress(values, context)
  // Expired or logged out.
  if (isServiceError(response, 401)) return 'already_gone'
  throw refusal(response, values, context)
}

/** True if the JWT is still valid, but only from the address that it was issued to. */
function isForAnotherAddress(response: HttpResponse): boolean {
  return (
    isServiceError(response, 401) && readObject(response)['message'] === 'Your token is not valid'
  )
}

/** An error about this token only, so that other tokens of the account do not wait for it. */
function onlyFromItsAddress(values: FormValues, { clock }: ProviderContext): TokentrayError {
  const sentence = `${hostOf(values)} only revokes a token from the network address it was issued to.`
  return new TokentrayError('not_supported', sentence, {
    hint: 'Reconnect to the network, VPN or proxy used then. Otherwise the token is valid until it expires.',
    retryAt: clock.now() + OTHER_ADDRESS_MS,
  })
}

function sendLogout(
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<HttpResponse> {
  const call = { method: 'GET', path: pathsOf(values).logout, headers: bearer(token) } as const
  return callSftpgo(values, call, context)
}

/** The token's expiry by our clock. */
function readExpiry(
  body: JsonObject,
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): number {
  const expiry = { as: 'rfc3339', value: readText(body, 'expires_at') } as const
  const expiresAt = parseExpiry(expiry, response.skewMs)
  requireNotExpired(expiresAt, hostOf(values), context)
  return expiresAt
}

const pathsOf = (values: FormValues) => (values['role'] === 'admin' ? paths.admin : paths.user)
