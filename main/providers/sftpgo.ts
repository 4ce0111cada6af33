import { TokentrayError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { parseBaseUrl } from './base-url.ts'
import { parseExpiry } from './expiry.ts'
import type { HttpAnswer } from './http.ts'
import { type Members, readMembers, readText, readToken } from './members.ts'
import type { AccessToken, FormValues, Provider, ProviderContext } from './provider.ts'
import { rateLimited, refusedStatus } from './refusals.ts'
import { sftpgoFields } from './sftpgo-fields.ts'
import { toTransport } from './transport-fields.ts'

const RATE_LIMITED_MS = 60_000
/** A ban lasts half an hour unless set otherwise; a full house may be over sooner. */
const FORBIDDEN_MS = 300_000

/** Login and logout are GET although they change something, so nothing here may be repeated. */
const paths = {
  user: {
    login: '/api/v2/user/token',
    logout: '/api/v2/user/logout',
    probe: '/api/v2/user/profile',
  },
  admin: { login: '/api/v2/token', logout: '/api/v2/logout', probe: '/api/v2/version' },
} as const

/** SFTPGo's REST API: a password for a JWT that the server bounds in time and binds to an address. */
export const sftpgo: Provider = {
  id: 'sftpgo',
  title: 'SFTPGo',
  summary: 'File server; tokens for its REST API, as a user or an administrator.',
  fields: sftpgoFields,
  leaseKinds: ['shared', 'dedicated'],
  mintsFrom: 'credential',

  async login({ values, secrets, oneTimeCode }, context) {
    const password = secrets['password']
    if (!password) throw new TokentrayError('invalid_request', 'The password is missing.')
    const code = oneTimeCode ? parseCode(oneTimeCode) : ''
    const answer = await askForToken(values, password, code, context)
    if (isOwnRefusal(answer) && !oneTimeCode) throw new TokentrayError('otp_required')
    return {
      label: `${values['username'] ?? ''} at ${hostOf(values)}`,
      credential: { password },
      token: await readAccessToken(answer, values, context),
      usedCode: code !== '',
    }
  },

  async mint({ values, credential }, _request, context) {
    const password = credential['password']
    if (!password) throw new TokentrayError('wrong_credentials', 'There is no password any more.')
    const answer = await askForToken(values, password, '', context)
    return await readAccessToken(answer, values, context)
  },

  async revoke(token, values, context) {
    const answer = await send(values, pathsOf(values).logout, bearer(token.value), context)
    if (answer.status === 200) {
      // A gateway's page would be a 200 too, and the token still alive.
      readText(readMembers(answer), 'message')
      return 'revoked'
    }
    // Expired, logged out, or not valid from our address any more.
    if (isOwnRefusal(answer)) return 'already_gone'
    throw refusal(answer, values, context)
  },

  async probe(token, values, context) {
    const answer = await send(values, pathsOf(values).probe, bearer(token.value), context)
    // 403: the token is good and the account may not do this, for example before it has changed
    // its password.
    if (answer.status === 403) return 'accepted'
    if (answer.status === 200) {
      readMembers(answer)
      return 'accepted'
    }
    if (isOwnRefusal(answer)) return 'refused'
    throw refusal(answer, values, context)
  },
}

function askForToken(
  values: FormValues,
  password: Secret,
  code: string,
  context: ProviderContext,
): Promise<HttpAnswer> {
  const username = values['username'] ?? ''
  // RFC 7617: the first colon ends the user name. Control characters are not allowed there at all.
  if (/[:\p{Cc}]/u.test(username)) {
    throw new TokentrayError(
      'invalid_request',
      'The user name must not contain a colon or control characters.',
    )
  }
  const basic = Buffer.from(`${username}:${password.reveal()}`, 'utf8').toString('base64')
  return send(
    values,
    pathsOf(values).login,
    { authorization: `Basic ${basic}`, ...(code !== '' && { 'x-sftpgo-otp': code }) },
    context,
  )
}

async function readAccessToken(
  answer: HttpAnswer,
  values: FormValues,
  context: ProviderContext,
): Promise<AccessToken> {
  if (answer.status !== 200) throw refusal(answer, values, context)
  const members = readMembers(answer)
  const value = new Secret(readToken(members, 'access_token'))
  try {
    const expiresAt = readEnd(members, answer, values, context)
    return { value, tokenType: 'Bearer', headers: toHeaders(value), expiresAt }
  } catch (error) {
    // Nobody else will ever know of this token; if this fails as well it lives for its 20 minutes.
    await send(values, pathsOf(values).logout, bearer(value), context).catch(() => undefined)
    throw error
  }
}

/** When the token ends by our clock. */
function readEnd(
  members: Members,
  answer: HttpAnswer,
  values: FormValues,
  context: ProviderContext,
): number {
  const expiry = { as: 'rfc3339', value: readText(members, 'expires_at') } as const
  const expiresAt = parseExpiry(expiry, answer.skewMs)
  if (expiresAt <= context.clock.now()) {
    throw new TokentrayError(
      'unexpected_answer',
      `${hostOf(values)} gave a token that has ended already.`,
      { hint: "Check this computer's clock and the server's." },
    )
  }
  return expiresAt
}

/**
 * A 401 that SFTPGo itself has sent: a gateway's says nothing about the token or the password, and
 * would have a living token forgotten.
 */
function isOwnRefusal(answer: HttpAnswer): boolean {
  if (answer.status !== 401) return false
  const members = readMembers(answer)
  return typeof members['message'] === 'string' || typeof members['error'] === 'string'
}

/** Statuses decide, never texts: those differ from version to version. */
function refusal(answer: HttpAnswer, values: FormValues, context: ProviderContext): TokentrayError {
  const host = hostOf(values)
  switch (answer.status) {
    case 401:
      return isOwnRefusal(answer)
        ? new TokentrayError('wrong_credentials')
        : refusedStatus(host, answer.status)
    case 403:
      return new TokentrayError(
        'temporarily_unavailable',
        `${host} does not let this account in from here at present.`,
        {
          hint: 'It may allow this address, API logins or one more session later; ask who runs it.',
          retryAt: context.clock.now() + FORBIDDEN_MS,
        },
      )
    case 404:
      return refusedStatus(
        host,
        404,
        'Check the address, without /api/v2; the server may also have this kind of login disabled.',
      )
    case 429:
      return rateLimited(host, answer, context, RATE_LIMITED_MS)
    default:
      return refusedStatus(host, answer.status)
  }
}

function send(
  values: FormValues,
  path: string,
  headers: Readonly<Record<string, string>>,
  { http, signal }: ProviderContext,
): Promise<HttpAnswer> {
  const url = `${parseBaseUrl(values['url'] ?? '').href}${path}`
  return http.send({ method: 'GET', url, headers, transport: toTransport(values), signal })
}

function parseCode(code: Secret): string {
  const digits = code.reveal().replace(/\s/g, '')
  if (/^(\d{6})?$/.test(digits)) return digits
  throw new TokentrayError('invalid_request', 'A one-time code has six digits.', {
    hint: 'Enter the code that the authenticator app shows now; recovery codes do not work here.',
  })
}

const pathsOf = (values: FormValues) => (values['role'] === 'admin' ? paths.admin : paths.user)
const hostOf = (values: FormValues) => parseBaseUrl(values['url'] ?? '').host
const bearer = (token: Secret) => ({ authorization: `Bearer ${token.reveal()}` })
const toHeaders = (token: Secret) => ({ Authorization: new Secret(bearer(token).authorization) })
