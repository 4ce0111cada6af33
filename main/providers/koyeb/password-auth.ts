import { TokentrayError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import type { HttpResponse } from '../http/http.ts'
import type {
  AccessToken,
  Driver,
  FormValues,
  Login,
  LoginForm,
  ProviderContext,
  Revocation,
} from '../provider.ts'
import { parseExpiry, type WrittenExpiry } from '../wire/expiry.ts'
import {
  type JsonObject,
  readMember,
  readObject,
  readText,
  readToken,
} from '../wire/json-object.ts'
import { isSuccess, requireNotExpired, takeOrRevoke } from '../wire/received-token.ts'
import { hostOf } from '../wire/service-address.ts'
import { refusedStatus } from '../wire/service-errors.ts'
import { errorSourceOf, isDone, isServiceError, namesFields, speaksOfLock } from './answers.ts'
import { callKoyeb, enteredOrganization, placeOf, toAccessToken } from './call.ts'
import { USE_API_TOKEN } from './fields.ts'
import { noOldLogin, otherRefusal, sessionRefusal } from './refusals.ts'

const LOGOUT = { method: 'DELETE', path: '/v1/account/logout' } as const
/** Nobody knows for how long an account stays locked. */
const LOCKED_MS = 300_000
/** What a wrong password never is: a passing state of the way there. */
const PASSING = [408, 425, 429]

/** Asks whether the account still has the old login, and only then sends the password. */
export async function logInByPassword(
  { values, secrets }: LoginForm,
  context: ProviderContext,
): Promise<Login> {
  const { password } = secrets
  if (!password) {
    throw new TokentrayError('invalid_request', 'The password is missing.', { field: 'password' })
  }
  const email = (values['email'] ?? '').trim()
  const organization = enteredOrganization(values)
  const headers = toFingerprint(values)
  await requireOldLogin(email, values, context)
  const body = {
    email,
    password: password.reveal(),
    ...(organization !== null && { organization_id: organization }),
  }
  const call = { method: 'POST', path: '/v1/account/login', body, headers } as const
  const answer = await callKoyeb(values, call, context)
  if (!isSuccess(answer)) throw loginRefusal(answer, values, context)
  return {
    label: `${email} at ${placeOf(values)}`,
    credential: { password },
    token: await readLoginToken(answer, values, context),
    usedCode: false,
  }
}

/** Shares the login's own token, which can be renewed and ended. */
export const passwordDriver: Driver = {
  leaseKinds: ['shared'],
  mintsFrom: 'credential',

  async refresh({ values, token }, context) {
    if (!token) throw new TokentrayError('wrong_credentials', 'The session has no token any more.')
    const call = { method: 'PUT', path: '/v1/account/refresh', token: token.value } as const
    const answer = await callKoyeb(values, call, context)
    if (!isSuccess(answer)) throw sessionRefusal(answer, values, context)
    return readLoginToken(answer, values, context)
  },

  revoke: (token, values, context) => endToken(token.value, values, context),

  async probe(token, values, context) {
    const call = { method: 'GET', path: '/v1/account/organization', token: token.value } as const
    const answer = await callKoyeb(values, call, context)
    if (answer.status === 200) {
      readMember(readObject(answer), 'organization')
      return 'accepted'
    }
    // 403 is a session that was revoked while its JWT goes on, or a locked account: either way no
    // tool gets anything for it. Nothing is lost by being wrong, for a refused token is still ended.
    if (isServiceError(answer, 401, 403)) return 'refused'
    throw otherRefusal(answer, values, context)
  },
}

/** Ends the token with itself. */
async function endToken(
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<Revocation> {
  const answer = await callKoyeb(values, { ...LOGOUT, token }, context)
  if (isDone(answer)) return 'revoked'
  if (isServiceError(answer, 401)) return 'already_gone'
  if (isServiceError(answer, 404)) {
    // From the router it is the route that is gone, and the token lives on to its end.
    return errorSourceOf(answer) === 'service' ? 'already_gone' : 'not_supported'
  }
  if (isServiceError(answer, 410)) return 'not_supported'
  if (isServiceError(answer, 403)) {
    throw new TokentrayError(
      'temporarily_unavailable',
      `${hostOf(values)} does not allow logging out of a locked account.`,
      {
        hint: "See in Koyeb's console why the account is locked.",
        retryAt: context.clock.now() + LOCKED_MS,
      },
    )
  }
  throw otherRefusal(answer, values, context)
}

async function requireOldLogin(
  email: string,
  values: FormValues,
  context: ProviderContext,
): Promise<void> {
  const path = `/v1/account/login_method?${new URLSearchParams({ email })}`
  const answer = await callKoyeb(values, { method: 'GET', path }, context)
  // The vendor's papers want a token here, which nobody has before the login. That will tell, too.
  if (isServiceError(answer, 401)) return
  if (isServiceError(answer, 403, 404, 410)) throw noOldLogin(values)
  if (isServiceError(answer, 400)) throw badForm(values)
  if (answer.status !== 200) throw otherRefusal(answer, values, context)
  const method = readText(readObject(answer), 'method')
  if (method === 'KOYEB') return
  if (method !== 'WORKOS') throw refusedStatus(hostOf(values), 200)
  throw new TokentrayError(
    'not_supported',
    'Koyeb has moved this account to its new login, which works in a browser only.',
    { hint: USE_API_TOKEN },
  )
}

/** A wrong password gets one of several statuses, so it is what is left when all else is told apart. */
function loginRefusal(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const { status } = answer
  const isOther = status < 400 || status >= 500 || PASSING.includes(status)
  if (isOther || errorSourceOf(answer) === 'stranger') return otherRefusal(answer, values, context)
  if (status === 403 && speaksOfLock(answer)) return lockedAccount(values)
  if ([403, 404, 405, 410].includes(status)) return noOldLogin(values)
  if (status === 400 && namesFields(answer)) return badForm(values)
  return new TokentrayError('wrong_credentials', `${hostOf(values)} did not accept the login.`, {
    hint: 'Check the e-mail address and the password. If a fingerprint is wanted as well, set "Fingerprint" (fingerprint=VALUE).',
  })
}

/** The token of a login or a refresh: `token.id` is what tools send. */
async function readLoginToken(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): Promise<AccessToken> {
  const members = readMember(readObject(answer), 'token')
  const value = new Secret(readToken(members, 'id'))
  return await takeOrRevoke(
    () => {
      const expiresAt = parseExpiry(toExpiry(members, value), answer.skewMs)
      requireNotExpired(expiresAt, hostOf(values), context)
      return toAccessToken(value, expiresAt)
    },
    async () => {
      const ended = await endToken(value, values, context)
      if (ended === 'not_supported') throw new TokentrayError('not_supported')
    },
  )
}

/** The vendor's papers spell the time in two ways; the JWT says it too. */
function toExpiry(members: JsonObject, token: Secret): WrittenExpiry {
  const written = members['expires_at'] ?? members['expires']
  return written === undefined || written === null
    ? { as: 'jwt', value: token.reveal() }
    : { as: 'rfc3339', value: written }
}

function toFingerprint(values: FormValues): Readonly<Record<string, string>> {
  const fingerprint = (values['fingerprint'] ?? '').trim()
  if (fingerprint === '') return {}
  if (/^[\x21-\x7e]{1,8192}$/.test(fingerprint)) return { 'seon-fp': fingerprint }
  throw new TokentrayError('invalid_request', 'The fingerprint is not one.', {
    field: 'fingerprint',
    hint: 'Copy it from the seon-fp header of a browser, or leave the field empty.',
  })
}

/** The account is there, and only a person can have it unlocked. */
function lockedAccount(values: FormValues): TokentrayError {
  return new TokentrayError('wrong_credentials', `The account at ${hostOf(values)} is locked.`, {
    hint: "See in Koyeb's console why, and log in again when it is unlocked.",
  })
}

function badForm(values: FormValues): TokentrayError {
  return new TokentrayError('invalid_request', `${hostOf(values)} rejected the form.`, {
    hint: 'Check the e-mail address, the organisation id and the length of the password.',
  })
}
