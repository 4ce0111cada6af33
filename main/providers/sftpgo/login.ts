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

/** The longest life of a token that a server can be set to. */
const LONGEST_MS = 12 * 3_600_000
/** From 2.7.0 on a JWT is taken for so much longer than it says (`jwt.WithAcceptableSkew`). */
const TAKEN_AFTER_END_MS = 30_000
/** How soon the address that a token was made for may be this computer's again. */
const ELSEWHERE_MS = 60_000

const paths = {
  user: { login: '/api/v2/user/token', logout: '/api/v2/user/logout' },
  admin: { login: '/api/v2/token', logout: '/api/v2/logout' },
} as const

/** The answer to a login with password and, unless it is empty, code. */
export async function askForToken(
  values: FormValues,
  password: Secret,
  code: string,
  context: ProviderContext,
): Promise<HttpResponse> {
  const username = values['username'] ?? ''
  // RFC 7617: the first colon ends the user name. Control characters are not allowed there at all.
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
 * The JWT in the answer to a login. One whose end cannot be read, or that is of no use before the
 * account has done something at its service, is ended at once.
 */
export async function readAccessToken(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): Promise<AccessToken> {
  if (answer.status !== 200) throw refusal(answer, values, context)
  const members = readObject(answer)
  const value = new Secret(readToken(members, 'access_token'))
  const headers = { Authorization: new Secret(bearer(value).authorization) }
  const token = { value, tokenType: 'Bearer', headers, takenAfterEndMs: TAKEN_AFTER_END_MS }
  try {
    const expiresAt = readEnd(members, answer, values, context)
    const duty = requiredAction(value, values)
    if (duty) throw duty
    return { ...token, expiresAt }
  } catch (error) {
    // By then it has ended, whatever the answer said.
    const expiresAt = context.clock.now() + LONGEST_MS
    await discard({ ...token, expiresAt }, values, context)
    throw error
  }
}

/** Ends a JWT that nobody will get; where that fails it stays on record, if there is one. */
export async function discard(
  token: AccessToken,
  values: FormValues,
  context: ProviderContext,
): Promise<void> {
  const { trials } = context
  // One that cannot be recorded is ended by whoever keeps the record.
  await trials?.made(token, values, 'session').catch(() => undefined)
  await logout(token.value, values, context).then(
    () => trials?.ended(token),
    () => undefined,
  )
}

/** Ends exactly this JWT. */
export async function logout(
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<Revocation> {
  const answer = await sendLogout(token, values, context)
  if (answer.status === 200) {
    // A gateway's page would be a 200 too, and the token still alive.
    readText(readObject(answer), 'message')
    return 'revoked'
  }
  if (isForAnotherAddress(answer)) throw notFromHere(values, context)
  // Expired, or logged out.
  if (isServiceError(answer, 401)) return 'already_gone'
  throw refusal(answer, values, context)
}

/** True where the JWT lives on, for whoever comes from the address that it was made for. */
function isForAnotherAddress(answer: HttpResponse): boolean {
  return isServiceError(answer, 401) && readObject(answer)['message'] === 'Your token is not valid'
}

/** Of this one token alone, so that other tokens of the account need not wait with it. */
function notFromHere(values: FormValues, { clock }: ProviderContext): TokentrayError {
  const sentence = `${hostOf(values)} revokes a token only from the network address that it was made for.`
  return new TokentrayError('not_supported', sentence, {
    hint: 'Go back to the network, VPN or proxy of that time; else the token is valid until it expires.',
    retryAt: clock.now() + ELSEWHERE_MS,
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

/** When the token ends by our clock. */
function readEnd(
  members: JsonObject,
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): number {
  const expiry = { as: 'rfc3339', value: readText(members, 'expires_at') } as const
  const expiresAt = parseExpiry(expiry, answer.skewMs)
  requireNotExpired(expiresAt, hostOf(values), context)
  return expiresAt
}

const pathsOf = (values: FormValues) => (values['role'] === 'admin' ? paths.admin : paths.user)
