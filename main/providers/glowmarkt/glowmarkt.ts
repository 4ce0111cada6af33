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

/** The service documents no limit, and asks to be called seldom. */
const THROTTLED_MS = 300_000
const APPLICATION_HINT = 'Check the application id of the account.'

/**
 * Glowmarkt's API, which the Bright app uses: tokens that live for days to years, each able to make
 * more of its kind, so that every lease has one of its own, ended by itself.
 */
export const glowmarkt: Provider = {
  id: 'glowmarkt',
  title: 'Glowmarkt',
  summary: 'Energy data of smart meters, as in the Bright app by Hildebrand.',
  fields: glowmarktFields,
  // Two directories may have users of one name.
  place: ['url', 'directoryId'],

  async login({ values, secrets }, context) {
    const password = secrets['password']
    if (!password) {
      throw new TokentrayError('invalid_request', 'The password is missing.', { field: 'password' })
    }
    const { username, directoryId } = values
    const entered = { username, password: password.reveal() }
    const body = JSON.stringify(directoryId ? { ...entered, directoryId } : entered)
    const answer = await callGlowmarkt(values, { method: 'POST', path: '/auth', body }, context)
    if (isDenied(answer) || isNotValid(answer)) throw loginRefused(values)
    return {
      label: `${values['username'] ?? ''} at ${placeOf(values)}`,
      credential: { password },
      token: await takeToken(answer, values, context),
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

  refresh: (session, context) => makeToken(session, context),

  revoke: (token, values, context) => endToken(token.value, values, context),

  listTokens: (session, context) => listTokens(session, context),

  async revokeById(id, session, context) {
    // Security: the id stands in the path, where dots and slashes would lead to another route.
    if (!isTokenId(id)) {
      throw new TokentrayError('invalid_request', 'No token of this service has such an id.', {
        hint: 'Take the id from the list of tokens.',
      })
    }
    const { values } = session
    const call = { method: 'DELETE', path: `/auth/token/${id}` } as const
    const answer = await callAsSession(session, call, context)
    if (answer.status === 200 && !isNotValid(answer) && readAllValid(answer)) return 'revoked'
    if (answer.status !== 200 && answer.status !== 404 && !isRefusedToken(answer)) {
      throw refusal(answer, values, context)
    }
    // An id that is gone and a caller that is refused get the same words, so the list decides.
    const wanted = id.toLowerCase()
    const listed = await listTokens(session, context)
    if (!listed.some((token) => token.id.toLowerCase() === wanted)) return 'already_gone'
    throw refusedStatus(hostOf(values), answer.status)
  },

  async probe(token, values, context) {
    const call = { method: 'GET', path: '/auth', token: token.value } as const
    const answer = await callGlowmarkt(values, call, context)
    if (isRefusedToken(answer)) return 'refused'
    if (answer.status === 200 && readValid(readObject(answer))) return 'accepted'
    throw refusal(answer, values, context)
  },
}

/** Adds a token to the account; the one that asks for it lives on. */
async function makeToken(session: ProviderSession, context: ProviderContext): Promise<AccessToken> {
  const answer = await callAsSession(session, { method: 'GET', path: '/auth/newToken' }, context)
  if (isRefusedToken(answer)) throw tokenRefused(answer, session.values)
  return await takeToken(answer, session.values, context)
}

/** Ends the token that makes the call. */
async function endToken(
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<Revocation> {
  const call = { method: 'DELETE', path: '/auth/deleteToken', token } as const
  const answer = await callGlowmarkt(values, call, context)
  if (answer.status === 200) {
    if (readValid(readObject(answer))) return 'revoked'
    throw refusedStatus(hostOf(values), 200)
  }
  // A gateway says 403 as well, and nothing else would end a token given up too early.
  if (answer.status === 403) throw refusedStatus(hostOf(values), 403)
  // Here alone a 400 with an error is about the request: what is gone is "not valid", or 401.
  if (isDenied(answer) || isNotValid(answer)) return 'already_gone'
  throw refusal(answer, values, context)
}

async function listTokens(
  session: ProviderSession,
  context: ProviderContext,
): Promise<readonly ListedToken[]> {
  const answer = await callAsSession(session, { method: 'GET', path: '/auth/token' }, context)
  if (isRefusedToken(answer)) throw tokenRefused(answer, session.values)
  if (answer.status === 200) return readListedTokens(answer)
  throw refusal(answer, session.values, context)
}

/** The token of an answer; one that cannot be used is ended first. */
async function takeToken(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): Promise<AccessToken> {
  if (!isSuccess(answer)) throw refusal(answer, values, context)
  const members = readObject(answer)
  const value = new Secret(readToken(members, 'token'))
  return await takeOrRevoke(
    () => {
      if (!readValid(members)) throw refusedStatus(hostOf(values), answer.status)
      // What is documented is seven days, and what was seen is up to two years: only `exp` is true.
      const exp = { as: 'unix_seconds', value: members['exp'] } as const
      return toAccessToken(value, parseExpiry(exp, answer.skewMs), values, context)
    },
    () => endToken(value, values, context),
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
  // There is no scheme word: the name of the header is all there is to say.
  return { value, tokenType: 'token', headers, expiresAt }
}

function loginRefused(values: FormValues): TokentrayError {
  return new TokentrayError('wrong_credentials', `${hostOf(values)} did not accept the login.`, {
    hint: 'Check the user name and the password; if both are right, reset the password in the app.',
  })
}

/** A token that is not accepted, unless it is a new one: then it is the rest of the request. */
function tokenRefused(answer: HttpResponse, values: FormValues): TokentrayError {
  const host = hostOf(values)
  return new TokentrayError('wrong_credentials', `${host} does not accept this token any more.`, {
    hint: 'Log in again.',
    ofNewToken: new TokentrayError(
      'unexpected_answer',
      `${host} refuses what it is asked (status ${answer.status}), also with a new token.`,
      { hint: APPLICATION_HINT },
    ),
  })
}

function refusal(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  const { status } = answer
  if (status === 429) return rateLimited(host, answer, context, THROTTLED_MS)
  if (status === 400) return refusedStatus(host, 400, APPLICATION_HINT)
  if (status === 404) {
    return refusedStatus(host, 404, 'Check the address of the account; /api/v0-1 is part of it.')
  }
  return refusedStatus(host, status)
}
