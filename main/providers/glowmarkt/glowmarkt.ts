import { TokentrayError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import type { HttpResponse } from '../http/http.ts'
import type {
  AccessToken,
  Driver,
  FormValues,
  ListedToken,
  Provider,
  ProviderContext,
  ProviderSession,
  Revocation,
} from '../provider.ts'
import { parseExpiry } from '../wire/expiry.ts'
import { readObject, readToken } from '../wire/json-object.ts'
import { isSuccess, requireNotExpired, takeOrRevoke } from '../wire/received-token.ts'
import { hostOf } from '../wire/service-address.ts'
import { rateLimited, refusedStatus } from '../wire/service-errors.ts'
import {
  isDenied,
  isNotValid,
  isRefusedToken,
  isTokenId,
  readAllValid,
  readListedTokens,
  readValid,
} from './answers.ts'
import { applicationIdOf, callAsSession, callGlowmarkt, placeOf } from './call.ts'
import { glowmarktFields } from './fields.ts'

/** The service documents no limit, and asks clients to call it rarely. */
const THROTTLED_MS = 300_000
const APPLICATION_HINT = 'Check the application ID of the account.'

/**
 * Glowmarkt's API, which the Bright app uses: tokens are valid for days to years and can create more tokens,
 * so that every lease has its own, which revokes itself.
 */
export const glowmarkt: Provider = {
  id: 'glowmarkt',
  title: 'Glowmarkt',
  summary: 'Smart meter energy data, as in the Bright app by Hildebrand.',
  fields: glowmarktFields,
  // Two directories may have users with the same name.
  place: ['url', 'directoryId'],

  async login({ values, secrets }, context) {
    const password = secrets['password']
    if (!password) {
      throw new TokentrayError('invalid_request', '"Password" is required.', { field: 'password' })
    }
    const { username, directoryId } = values
    const entered = { username, password: password.reveal() }
    const body = JSON.stringify(directoryId ? { ...entered, directoryId } : entered)
    const response = await callGlowmarkt(values, { method: 'POST', path: '/auth', body }, context)
    if (isDenied(response) || isNotValid(response)) throw loginRefused(values)
    return {
      label: `${values['username'] ?? ''} at ${placeOf(values)}`,
      credential: { password },
      token: await takeToken(response, values, context),
      usedCode: false,
    }
  },

  driver: () => driver,
}

const driver: Driver = {
  leaseKinds: ['dedicated', 'shared'],
  mintsFrom: 'session',

  async mint(session, _request, context) {
    return { token: await makeToken(session, context) }
  },

  async refresh(session, context) {
    return { token: await makeToken(session, context), old: 'lives' }
  },

  revoke: (token, values, context) => revokeToken(token.value, values, context),

  listTokens: (session, context) => listTokens(session, context),

  async revokeById(id, session, context) {
    // Security: the id goes into a path, where dots and slashes would lead to another route.
    if (!isTokenId(id)) {
      throw new TokentrayError('invalid_request', 'That is not a valid token ID.', {
        hint: 'Use an ID from the list of tokens.',
      })
    }
    const { values } = session
    const call = { method: 'DELETE', path: `/auth/token/${id}` } as const
    const response = await callAsSession(session, call, context)
    if (response.status === 200 && !isNotValid(response) && readAllValid(response)) return 'revoked'
    if (response.status !== 200 && response.status !== 404 && !isRefusedToken(response)) {
      throw refusal(response, values, context)
    }
    // A deleted id and a refused caller get the same response, so the list decides.
    const wanted = id.toLowerCase()
    const listed = await listTokens(session, context)
    if (!listed.some((token) => token.id.toLowerCase() === wanted)) return 'already_gone'
    throw refusedStatus(hostOf(values), response.status)
  },

  async probe(token, values, context) {
    const call = { method: 'GET', path: '/auth', token: token.value } as const
    const response = await callGlowmarkt(values, call, context)
    if (isRefusedToken(response)) return 'refused'
    if (response.status === 200 && readValid(readObject(response))) return 'accepted'
    throw refusal(response, values, context)
  },
}

/** Creates another token for the account; the one that makes the call stays valid. */
async function makeToken(session: ProviderSession, context: ProviderContext): Promise<AccessToken> {
  const response = await callAsSession(session, { method: 'GET', path: '/auth/newToken' }, context)
  if (isRefusedToken(response)) throw tokenRefused(response, session.values)
  return await takeToken(response, session.values, context)
}

/** Revokes the token that makes the call. */
async function revokeToken(
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<Revocation> {
  const call = { method: 'DELETE', path: '/auth/deleteToken', token } as const
  const response = await callGlowmarkt(values, call, context)
  if (response.status === 200) {
    if (readValid(readObject(response))) return 'revoked'
    throw refusedStatus(hostOf(values), 200)
  }
  // A gateway uses 403 too, and nothing else would revoke a token given up too early.
  if (response.status === 403) throw refusedStatus(hostOf(values), 403)
  // Only here a 400 with `error` is about the request: a token that is gone gets `valid: false` or 401.
  if (isDenied(response) || isNotValid(response)) return 'already_gone'
  throw refusal(response, values, context)
}

async function listTokens(
  session: ProviderSession,
  context: ProviderContext,
): Promise<readonly ListedToken[]> {
  const response = await callAsSession(session, { method: 'GET', path: '/auth/token' }, context)
  if (isRefusedToken(response)) throw tokenRefused(response, session.values)
  if (response.status === 200) return readListedTokens(response)
  throw refusal(response, session.values, context)
}

/** The token in a response; an unusable one is revoked before this rejects. */
async function takeToken(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): Promise<AccessToken> {
  if (!isSuccess(response)) throw refusal(response, values, context)
  const body = readObject(response)
  const value = new Secret(readToken(body, 'token'))
  return await takeOrRevoke(
    () => {
      if (!readValid(body)) throw refusedStatus(hostOf(values), response.status)
      // Documented are seven days, observed up to two years: only `exp` counts.
      const exp = { as: 'unix_seconds', value: body['exp'] } as const
      return toAccessToken(value, parseExpiry(exp, response.skewMs), values, context)
    },
    () => revokeToken(value, values, context),
  )
}

function toAccessToken(
  value: Secret,
  expiresAt: number,
  values: FormValues,
  context: ProviderContext,
): AccessToken {
  requireNotExpired(expiresAt, hostOf(values), context)
  const headers = { token: value, applicationId: new Secret(applicationIdOf(values)) }
  // There is no scheme word, so the header name serves as the type.
  return { value, tokenType: 'token', headers, expiresAt }
}

function loginRefused(values: FormValues): TokentrayError {
  return new TokentrayError('wrong_credentials', `${hostOf(values)} did not accept the login.`, {
    hint: 'Check the user name and password. If both are right, reset the password in the app.',
  })
}

/** The error for a refused token; for a new token, the cause is the rest of the request. */
function tokenRefused(response: HttpResponse, values: FormValues): TokentrayError {
  const host = hostOf(values)
  return new TokentrayError('wrong_credentials', `${host} no longer accepts this token.`, {
    hint: 'Log in again.',
    ofNewToken: new TokentrayError(
      'unexpected_answer',
      `${host} rejects the request (${response.status}), even with a new token.`,
      { hint: APPLICATION_HINT },
    ),
  })
}

function refusal(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  const { status } = response
  if (status === 429) return rateLimited(host, response, context, THROTTLED_MS)
  if (status === 400) return refusedStatus(host, 400, APPLICATION_HINT)
  if (status === 404) {
    return refusedStatus(host, 404, 'Check that the address of the account includes /api/v0-1.')
  }
  return refusedStatus(host, status)
}
