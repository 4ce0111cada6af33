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
import { errorSourceOf, isDone, isServiceError, namesFields, saysLocked } from './answers.ts'
import { callKoyeb, enteredOrganization, placeOf, toAccessToken } from './call.ts'
import { USE_API_TOKEN } from './fields.ts'
import { noOldLogin, otherRefusal, sessionRefusal } from './refusals.ts'

const LOGOUT = { method: 'DELETE', path: '/v1/account/logout' } as const
/** How long an account stays locked is undocumented. */
const LOCKED_MS = 300_000
/** Temporary conditions, which never mean a wrong password. */
const TEMPORARY = [408, 425, 429]

/** Checks that the account still has the old login, and only then sends the password. */
export async function logInByPassword(
  { values, secrets }: LoginForm,
  context: ProviderContext,
): Promise<Login> {
  const { password } = secrets
  if (!password) {
    throw new TokentrayError('invalid_request', '"Password" is required.', { field: 'password' })
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
  const response = await callKoyeb(values, call, context)
  if (!isSuccess(response)) throw loginRefusal(response, values, context)
  return {
    label: `${email} at ${placeOf(values)}`,
    credential: { password },
    token: await readLoginToken(response, values, context),
    usedCode: false,
  }
}

/** Shares the login's own token, which can be refreshed and revoked. */
export const passwordDriver: Driver = {
  leaseKinds: ['shared'],
  mintsFrom: 'credential',

  async refresh({ values, token }, context) {
    if (!token) throw new TokentrayError('wrong_credentials', 'The session no longer has a token.')
    const call = { method: 'PUT', path: '/v1/account/refresh', token: token.value } as const
    const response = await callKoyeb(values, call, context)
    if (!isSuccess(response)) throw sessionRefusal(response, values, context)
    // The documentation does not say what becomes of the old token.
    return { token: await readLoginToken(response, values, context), old: 'unknown' }
  },

  revoke: (token, values, context) => revokeToken(token.value, values, context),

  async probe(token, values, context) {
    const call = { method: 'GET', path: '/v1/account/organization', token: token.value } as const
    const response = await callKoyeb(values, call, context)
    if (response.status === 200) {
      readMember(readObject(response), 'organization')
      return 'accepted'
    }
    // 403 means a revoked session or a locked account: either way the token is useless. A mistake does no
    // harm, because a refused token is still revoked.
    if (isServiceError(response, 401, 403)) return 'refused'
    throw otherRefusal(response, values, context)
  },
}

/** Revokes the token, using that token. */
async function revokeToken(
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<Revocation> {
  const response = await callKoyeb(values, { ...LOGOUT, token }, context)
  if (isDone(response)) return 'revoked'
  if (isServiceError(response, 401)) return 'already_gone'
  if (isServiceError(response, 404)) {
    // From the router it means that the route is gone, and the token stays valid until it expires.
    return errorSourceOf(response) === 'service' ? 'already_gone' : 'not_supported'
  }
  if (isServiceError(response, 410)) return 'not_supported'
  if (isServiceError(response, 403)) {
    throw new TokentrayError(
      'temporarily_unavailable',
      `${hostOf(values)} does not allow logging out of a locked account.`,
      {
        hint: "See in Koyeb's console why the account is locked.",
        retryAt: context.clock.now() + LOCKED_MS,
      },
    )
  }
  throw otherRefusal(response, values, context)
}

async function requireOldLogin(
  email: string,
  values: FormValues,
  context: ProviderContext,
): Promise<void> {
  const path = `/v1/account/login_method?${new URLSearchParams({ email })}`
  const response = await callKoyeb(values, { method: 'GET', path }, context)
  // The documentation asks for a token here, which does not exist before the login. The login decides then.
  if (isServiceError(response, 401)) return
  if (isServiceError(response, 403, 404, 410)) throw noOldLogin(values)
  if (isServiceError(response, 400)) throw rejectedForm(values)
  if (response.status !== 200) throw otherRefusal(response, values, context)
  const method = readText(readObject(response), 'method')
  if (method === 'KOYEB') return
  if (method !== 'WORKOS') throw refusedStatus(hostOf(values), 200)
  throw new TokentrayError(
    'not_supported',
    'Koyeb has moved this account to its new login, which only works in a browser.',
    { hint: USE_API_TOKEN },
  )
}

/** A wrong password can have one of several statuses, so it is what remains after everything else. */
function loginRefusal(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const { status } = response
  const isOther = status < 400 || status >= 500 || TEMPORARY.includes(status)
  if (isOther || errorSourceOf(response) === 'other') return otherRefusal(response, values, context)
  if (status === 403 && saysLocked(response)) return lockedAccount(values)
  if ([403, 404, 405, 410].includes(status)) return noOldLogin(values)
  if (status === 400 && namesFields(response)) return rejectedForm(values)
  return new TokentrayError('wrong_credentials', `${hostOf(values)} did not accept the login.`, {
    hint: 'Check the email address and the password. If a fingerprint is needed too, set "Fingerprint" (fingerprint=VALUE).',
  })
}

/** The token of a login or refresh: tools send `token.id`. */
async function readLoginToken(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): Promise<AccessToken> {
  const issued = readMember(readObject(response), 'token')
  const value = new Secret(readToken(issued, 'id'))
  return await takeOrRevoke(
    () => {
      const expiresAt = parseExpiry(toExpiry(issued, value), response.skewMs)
      requireNotExpired(expiresAt, hostOf(values), context)
      return toAccessToken(value, expiresAt)
    },
    async () => {
      const revocation = await revokeToken(value, values, context)
      if (revocation === 'not_supported') throw new TokentrayError('not_supported')
    },
  )
}

/** The documentation names the expiry in two ways; the JWT has it too. */
function toExpiry(issued: JsonObject, token: Secret): WrittenExpiry {
  const written = issued['expires_at'] ?? issued['expires']
  return written === undefined || written === null
    ? { as: 'jwt', value: token.reveal() }
    : { as: 'rfc3339', value: written }
}

function toFingerprint(values: FormValues): Readonly<Record<string, string>> {
  const fingerprint = (values['fingerprint'] ?? '').trim()
  if (fingerprint === '') return {}
  if (/^[\x21-\x7e]{1,8192}$/.test(fingerprint)) return { 'seon-fp': fingerprint }
  throw new TokentrayError('invalid_request', 'That is not a valid fingerprint.', {
    field: 'fingerprint',
    hint: 'Copy it from the seon-fp header that a browser sends, or leave the field empty.',
  })
}

/** The account exists, and only the user can have it unlocked. */
function lockedAccount(values: FormValues): TokentrayError {
  return new TokentrayError('wrong_credentials', `The account at ${hostOf(values)} is locked.`, {
    hint: "See in Koyeb's console why, and log in again when it is unlocked.",
  })
}

function rejectedForm(values: FormValues): TokentrayError {
  return new TokentrayError('invalid_request', `${hostOf(values)} rejected the form.`, {
    hint: 'Check the email address, the organization ID and the length of the password.',
  })
}
