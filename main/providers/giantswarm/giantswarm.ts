import { TokentrayError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import type { HttpRequest, HttpResponse } from '../http/http.ts'
import type {
  AccessToken,
  Driver,
  Field,
  FormValues,
  Provider,
  ProviderContext,
} from '../provider.ts'
import { email } from '../wire/field-shapes.ts'
import { readObject, readText, readToken } from '../wire/json-object.ts'
import { isSuccess } from '../wire/received-token.ts'
import { redactCommandLine } from '../wire/redact-command-line.ts'
import { hostOf, serviceAddress } from '../wire/service-address.ts'
import { rateLimited, refusedStatus } from '../wire/service-errors.ts'
import { toTransport, transportFields } from '../wire/transport-fields.ts'

/** The service names no time; its web interface asks users to wait about five minutes. */
const THROTTLED_MS = 300_000
/** The trailing slash is required. */
const TOKENS = '/v4/auth-tokens/'
const USER = '/v4/user/'

/** The login form of a Giant Swarm installation. */
const fields: readonly Field[] = [
  {
    name: 'url',
    label: 'API endpoint',
    kind: 'url',
    required: true,
    shape: {
      pattern: '(?!.*/v4(/|$)).*',
      means: 'the address of the API without /v4, such as https://api.example.gigantic.io',
    },
    help: 'For example https://api.example.gigantic.io. The vendor has retired this API, so it only works with installations that still have it.',
  },
  { name: 'email', label: 'Email', kind: 'text', required: true, shape: email },
  { name: 'password', label: 'Password', kind: 'secret', required: true },
  {
    name: 'sendCommandLine',
    label: 'Send command lines',
    kind: 'choice',
    required: false,
    default: 'no',
    isPermission: true,
    help: 'Tells the service which command asked for the token, or that of Tokentray if unknown. Whatever looks like a secret is masked.',
    choices: [
      { value: 'no', label: 'No' },
      { value: 'yes', label: 'Yes, redacted' },
    ],
  },
  ...transportFields,
]

/** Giant Swarm's REST API v4: tokens never expire, so each is created for one lease and deleted with it. */
export const giantswarm: Provider = {
  id: 'giantswarm',
  title: 'Giant Swarm',
  summary: 'Managed Kubernetes. For installations that still have the retired REST API v4.',
  fields,

  async login({ values, secrets }, context) {
    const password = secrets['password']
    if (!password) {
      throw new TokentrayError('invalid_request', '"Password" is required.', { field: 'password' })
    }
    return {
      label: `${values['email'] ?? ''} at ${hostOf(values)}`,
      credential: { password },
      token: await createToken(values, password, context),
      usedCode: false,
    }
  },

  driver: () => driver,
}

const driver: Driver = {
  leaseKinds: ['dedicated'],
  mintsFrom: 'credential',

  async mint({ values, credential }, _request, context) {
    const password = credential['password']
    if (!password)
      throw new TokentrayError('wrong_credentials', 'The password is no longer stored.')
    return { token: await createToken(values, password, context) }
  },

  async revoke(token, values, context) {
    const call = { method: 'DELETE', path: TOKENS, token: token.value } as const
    const response = await send(values, call, context)
    const code = readCode(response)
    if (response.status === 200 && code === 'RESOURCE_DELETED') return 'revoked'
    if (isUnknownToken(response, code)) return 'already_gone'
    if (isExpiredAccount(response, code)) throw notWhileExpired(values, context)
    throw refusal(response, code, values, context)
  },

  async probe(token, values, context) {
    // Some list calls return 200 and nothing for an invalid token; this one does not.
    const response = await send(values, { method: 'GET', path: USER, token: token.value }, context)
    if (response.status === 200) {
      readText(readObject(response), 'email')
      return 'accepted'
    }
    const code = readCode(response)
    if (isUnknownToken(response, code) || isExpiredAccount(response, code)) return 'refused'
    throw refusal(response, code, values, context)
  },
}

async function createToken(
  values: FormValues,
  password: Secret,
  context: ProviderContext,
): Promise<AccessToken> {
  const body = JSON.stringify({
    email: values['email'],
    password_base64: Buffer.from(password.reveal(), 'utf8').toString('base64'),
  })
  const response = await send(values, { method: 'POST', path: TOKENS, body }, context)
  // Any 2xx: if the response were dropped, its token would never be revoked.
  if (!isSuccess(response)) throw refusal(response, readCode(response), values, context)
  const value = new Secret(readToken(readObject(response), 'auth_token'))
  const headers = { Authorization: new Secret(authorization(value)) }
  return { value, tokenType: 'giantswarm', headers, expiresAt: null }
}

/** 401 has several meanings here, so the code in the body decides. */
function refusal(
  response: HttpResponse,
  code: string | null,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  if (response.status === 429 || code === 'TOO_MANY_REQUESTS') {
    return rateLimited(host, response, context, THROTTLED_MS)
  }
  if (response.status !== 401) return refusedStatus(host, response.status)
  switch (code) {
    case 'INVALID_CREDENTIALS':
      return new TokentrayError('wrong_credentials', `${host} did not accept the login.`, {
        hint: 'Check the email address and the password.',
      })
    case 'ACCOUNT_EXPIRED':
      return new TokentrayError('wrong_credentials', `The account at ${host} has expired.`, {
        hint: 'Ask the operator of the installation to extend it.',
      })
    case 'PERMISSION_DENIED':
      return new TokentrayError(
        'wrong_credentials',
        `${host} does not allow this account to log in.`,
        { hint: 'Ask the operator of the installation, or log in with another account.' },
      )
    default:
      return refusedStatus(host, 401)
  }
}

/**
 * Only with the service's own codes: a token given up too early would never be revoked, and gateways have
 * codes of their own.
 */
function isUnknownToken({ status }: HttpResponse, code: string | null): boolean {
  return status === 401 && (code === 'INVALID_CREDENTIALS' || code === 'PERMISSION_DENIED')
}

/** True if the token becomes valid again once the account is extended. */
function isExpiredAccount({ status }: HttpResponse, code: string | null): boolean {
  return status === 401 && code === 'ACCOUNT_EXPIRED'
}

function notWhileExpired(values: FormValues, { clock }: ProviderContext): TokentrayError {
  return new TokentrayError(
    'temporarily_unavailable',
    `${hostOf(values)} does not delete tokens of an account that has expired.`,
    {
      hint: 'Ask the operator of the installation to extend it, or to delete its tokens.',
      retryAt: clock.now() + THROTTLED_MS,
    },
  )
}

/** The service's error code; `null` if the body is not from the service. */
function readCode(response: HttpResponse): string | null {
  try {
    return readText(readObject(response), 'code')
  } catch {
    // The status alone decides.
    return null
  }
}

interface Call {
  readonly method: HttpRequest['method']
  readonly path: string
  readonly token?: Secret
  readonly body?: string
}

function send(values: FormValues, call: Call, context: ProviderContext): Promise<HttpResponse> {
  const { method, path, token, body } = call
  return context.http.send({
    method,
    url: `${serviceAddress(values).href}${path}`,
    headers: {
      ...tracking(values, context),
      // The vendor's own client sends none on login, contrary to the specification.
      ...(token && { authorization: authorization(token) }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
    transport: toTransport(values),
    signal: context.signal,
  })
}

function tracking(values: FormValues, context: ProviderContext): Record<string, string> {
  const { commandLine, activity } = context
  const sendsCommandLine = values['sendCommandLine'] === 'yes' && commandLine !== undefined
  return {
    'X-Request-ID': context.newId(),
    'X-Giant-Swarm-Activity': activity,
    ...(sendsCommandLine && { 'X-Giant-Swarm-CmdLine': redactCommandLine(commandLine()) }),
  }
}

/** The service accepts the scheme word only in lower case. */
const authorization = (token: Secret) => `giantswarm ${token.reveal()}`
