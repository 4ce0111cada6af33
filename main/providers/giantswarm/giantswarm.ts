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

/** The service names no time; its own web page tells people to wait about five minutes. */
const THROTTLED_MS = 300_000
/** The slash at the end is part of each path. */
const TOKENS = '/v4/auth-tokens/'
const USER = '/v4/user/'

/** What a person enters to sign in to a Giant Swarm installation. */
const fields: readonly Field[] = [
  {
    name: 'url',
    label: 'API endpoint',
    kind: 'url',
    required: true,
    shape: {
      pattern: '(?!.*/v4(/|$)).*',
      means: 'the address of the API without /v4, as in https://api.example.gigantic.io',
    },
    help: 'As in https://api.example.gigantic.io, without /v4. The vendor has retired this API: it works only with an installation that still serves it.',
  },
  { name: 'email', label: 'E-mail', kind: 'text', required: true, shape: email },
  { name: 'password', label: 'Password', kind: 'secret', required: true },
  {
    name: 'sendCommandLine',
    label: 'Send command lines',
    kind: 'choice',
    required: false,
    default: 'no',
    help: 'Names the command line of the tool that asked, or that of Tokentray where it cannot be known. What looks secret is masked.',
    choices: [
      { value: 'no', label: 'No' },
      { value: 'yes', label: 'Yes, redacted' },
    ],
  },
  ...transportFields,
]

/**
 * Giant Swarm's REST API v4: tokens that never end by themselves, so that each is minted for one
 * lease and ended by DELETE.
 */
export const giantswarm: Provider = {
  id: 'giantswarm',
  title: 'Giant Swarm',
  summary: 'Managed Kubernetes, REST API v4; the vendor has retired it, so for installations left.',
  fields,

  async login({ values, secrets }, context) {
    const password = secrets['password']
    if (!password) {
      throw new TokentrayError('invalid_request', 'The password is missing.', { field: 'password' })
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
    if (!password) throw new TokentrayError('wrong_credentials', 'There is no password any more.')
    return { token: await createToken(values, password, context) }
  },

  async revoke(token, values, context) {
    const call = { method: 'DELETE', path: TOKENS, token: token.value } as const
    const answer = await send(values, call, context)
    const code = readCode(answer)
    if (answer.status === 200 && code === 'RESOURCE_DELETED') return 'revoked'
    if (isUnknownToken(answer, code)) return 'already_gone'
    if (isExpiredAccount(answer, code)) throw notWhileExpired(values, context)
    throw refusal(answer, code, values, context)
  },

  async probe(token, values, context) {
    // Some lists answer 200 and nothing to a dead token; this one does not.
    const answer = await send(values, { method: 'GET', path: USER, token: token.value }, context)
    if (answer.status === 200) {
      readText(readObject(answer), 'email')
      return 'accepted'
    }
    const code = readCode(answer)
    if (isUnknownToken(answer, code) || isExpiredAccount(answer, code)) return 'refused'
    throw refusal(answer, code, values, context)
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
  const answer = await send(values, { method: 'POST', path: TOKENS, body }, context)
  // Also with another number: nothing would ever end the token of an answer that was dropped.
  if (!isSuccess(answer)) throw refusal(answer, readCode(answer), values, context)
  const value = new Secret(readToken(readObject(answer), 'auth_token'))
  const headers = { Authorization: new Secret(authorization(value)) }
  return { value, tokenType: 'giantswarm', headers, expiresAt: null }
}

/** 401 stands for several things here, so the code in the body decides. */
function refusal(
  answer: HttpResponse,
  code: string | null,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  if (answer.status === 429 || code === 'TOO_MANY_REQUESTS') {
    return rateLimited(host, answer, context, THROTTLED_MS)
  }
  if (answer.status !== 401) return refusedStatus(host, answer.status)
  switch (code) {
    case 'INVALID_CREDENTIALS':
      return new TokentrayError('wrong_credentials', `${host} did not accept the login.`, {
        hint: 'Check the e-mail address and the password.',
      })
    case 'ACCOUNT_EXPIRED':
      return new TokentrayError('wrong_credentials', `The account at ${host} has expired.`, {
        hint: 'Ask who runs the installation to extend it.',
      })
    case 'PERMISSION_DENIED':
      return new TokentrayError(
        'wrong_credentials',
        `${host} does not permit this account to log in.`,
        { hint: 'Ask who runs the installation, or log in with another account.' },
      )
    default:
      return refusedStatus(host, 401)
  }
}

/**
 * Only in the service's own words for it: nothing else would ever end a token given up too early, and
 * gateways have codes of their own.
 */
function isUnknownToken({ status }: HttpResponse, code: string | null): boolean {
  return status === 401 && (code === 'INVALID_CREDENTIALS' || code === 'PERMISSION_DENIED')
}

/** True where the token is as good again as it was, once somebody extends the account. */
function isExpiredAccount({ status }: HttpResponse, code: string | null): boolean {
  return status === 401 && code === 'ACCOUNT_EXPIRED'
}

function notWhileExpired(values: FormValues, { clock }: ProviderContext): TokentrayError {
  return new TokentrayError(
    'temporarily_unavailable',
    `${hostOf(values)} does not delete tokens of an account that has expired.`,
    {
      hint: 'Ask who runs the installation to extend it, or to delete its tokens.',
      retryAt: clock.now() + THROTTLED_MS,
    },
  )
}

/** The service's own word for what happened; `null` where the body is not the service's. */
function readCode(answer: HttpResponse): string | null {
  try {
    return readText(readObject(answer), 'code')
  } catch {
    // The status alone must do.
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
      // The vendor's own client sends none on login, whatever the specification says.
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
  const tells = values['sendCommandLine'] === 'yes' && commandLine !== undefined
  return {
    'X-Request-ID': context.newId(),
    'X-Giant-Swarm-Activity': activity,
    ...(tells && { 'X-Giant-Swarm-CmdLine': redactCommandLine(commandLine()) }),
  }
}

/** The scheme word is lower-case; any other is refused. */
const authorization = (token: Secret) => `giantswarm ${token.reveal()}`
