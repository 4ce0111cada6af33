import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret, type Secrets } from '../../../main/base/secret.ts'
import { parseBaseUrl } from '../../../main/providers/http/base-url.ts'
import type { HttpRequest, HttpResponse } from '../../../main/providers/http/http.ts'
import type {
  AccessToken,
  Driver,
  FormValues,
  OldToken,
  Provider,
  ProviderContext,
  ProviderSession,
  Renewed,
  Revocation,
} from '../../../main/providers/provider.ts'
import { parseExpiry } from '../../../main/providers/wire/expiry.ts'
import {
  findObject,
  type JsonObject,
  readObject,
  readText,
  readToken,
} from '../../../main/providers/wire/json-object.ts'
import { rateLimited, refusedStatus } from '../../../main/providers/wire/service-errors.ts'
import { toTransport, transportFields } from '../../../main/providers/wire/transport-fields.ts'

export const THROTTLED_MS = 60_000

interface RotatingOptions {
  /** What its driver says of the old token; `ends` unless given. */
  readonly says?: OldToken
  /** A new token comes from the live one, by `refresh`, and not from the credential. */
  readonly refreshes?: boolean
  /** A login is approved first: it asks until that has happened. */
  readonly asksForApproval?: boolean
  /** How long its tokens are said to live, seconds; as the service says unless given. */
  readonly lifetimeSeconds?: number
}

/** A made-up service that gives another credential with each renewal; its drivers are classes. */
export function createRotating(options: RotatingOptions = {}): Provider {
  return {
    id: 'rotating',
    title: 'Rotating service',
    summary: 'A service of the tests, whose refresh tokens work once.',
    fields: [
      { name: 'url', label: 'Address', kind: 'url', required: true },
      { name: 'username', label: 'User name', kind: 'text', required: true },
      { name: 'password', label: 'Password', kind: 'secret', required: true },
      ...transportFields,
    ],
    async login({ values, secrets }, context) {
      const password = secrets['password']
      if (!password) {
        throw new TokentrayError('invalid_request', 'The password is missing.', {
          field: 'password',
        })
      }
      const body = { username: values['username'], password: password.reveal() }
      const answer = await call(values, { method: 'POST', path: '/login', body }, context)
      requireDone(answer, values, context, 'invalid_login')
      const members = options.asksForApproval
        ? await waitForApproval(readText(readObject(answer), 'device'), values, context)
        : readObject(answer)
      const { host } = parseBaseUrl(values['url'] ?? '')
      return {
        label: `${values['username'] ?? ''} at ${host}`,
        credential: { password, ...readCredential(members) },
        token: readAccessToken(members, context, options),
        usedCode: false,
      }
    },
    driver: (values) =>
      options.refreshes
        ? new RefreshingDriver(values, options)
        : new RenewingDriver(values, options),
  }
}

/** A class, so that a member that is called apart from its driver fails. */
class SessionDriver implements Driver {
  readonly leaseKinds = ['shared'] as const
  readonly mintsFrom = 'credential'
  readonly #values: FormValues

  constructor(values: FormValues) {
    this.#values = values
  }

  async revoke(
    token: AccessToken,
    values: FormValues,
    context: ProviderContext,
  ): Promise<Revocation> {
    const id = token.outputs?.['id']?.reveal() ?? ''
    const csrf = token.outputs?.['csrf']
    const request = { method: 'DELETE', path: `/sessions/${id}`, token, csrf } as const
    const answer = await this.call(request, context, values)
    if (isRefusal(answer, 401, 'invalid_token')) return 'already_gone'
    requireDone(answer, this.#values, context)
    if (readObject(answer)['ended'] !== true) throw refusedStatus(this.#host, answer.status)
    return 'revoked'
  }

  async endCredential(
    credential: Secrets,
    values: FormValues,
    context: ProviderContext,
  ): Promise<Revocation> {
    const body = { refresh: credential['refresh']?.reveal() }
    const answer = await this.call({ method: 'POST', path: '/end', body }, context, values)
    requireDone(answer, this.#values, context)
    const { ended } = readObject(answer)
    if (typeof ended !== 'boolean') throw refusedStatus(this.#host, answer.status)
    return ended ? 'revoked' : 'already_gone'
  }

  async probe(
    token: AccessToken,
    values: FormValues,
    context: ProviderContext,
  ): Promise<'accepted' | 'refused'> {
    const answer = await this.call({ method: 'GET', path: '/me', token }, context, values)
    if (isRefusal(answer, 401, 'invalid_token')) return 'refused'
    requireDone(answer, this.#values, context)
    readText(readObject(answer), 'username')
    return 'accepted'
  }

  protected call(
    request: Call,
    context: ProviderContext,
    values = this.#values,
  ): Promise<HttpResponse> {
    return call(values, request, context)
  }

  get #host(): string {
    return parseBaseUrl(this.#values['url'] ?? '').host
  }
}

class RenewingDriver extends SessionDriver {
  readonly #options: RotatingOptions

  constructor(values: FormValues, options: RotatingOptions) {
    super(values)
    this.#options = options
  }

  async renew({ credential, values }: ProviderSession, context: ProviderContext): Promise<Renewed> {
    const body = { refresh: credential['refresh']?.reveal() }
    const answer = await this.call({ method: 'POST', path: '/renew', body }, context, values)
    requireDone(answer, values, context, 'invalid_grant')
    return readRenewed(readObject(answer), credential, context, this.#options)
  }
}

class RefreshingDriver extends SessionDriver {
  readonly #options: RotatingOptions

  constructor(values: FormValues, options: RotatingOptions) {
    super(values)
    this.#options = options
  }

  async refresh(
    { token, values, credential }: ProviderSession,
    context: ProviderContext,
  ): Promise<Renewed> {
    if (!token) throw new TokentrayError('wrong_credentials', 'The session has no token.')
    const answer = await this.call({ method: 'POST', path: '/extend', token }, context, values)
    if (isRefusal(answer, 401, 'invalid_token')) {
      throw new TokentrayError('wrong_credentials', 'The token is not accepted any more.')
    }
    requireDone(answer, values, context)
    return readRenewed(readObject(answer), credential, context, this.#options)
  }
}

/** Asks until the login is approved; the service holds each answer back, so that there is no pause here. */
async function waitForApproval(
  device: string,
  values: FormValues,
  context: ProviderContext,
): Promise<JsonObject> {
  for (;;) {
    const request = { method: 'POST', path: '/approval', body: { device } } as const
    const answer = await call(values, request, context)
    if (answer.status === 202 && findObject(answer)?.['error'] === 'authorization_pending') continue
    requireDone(answer, values, context, 'invalid_device')
    return readObject(answer)
  }
}

function readRenewed(
  members: JsonObject,
  before: Secrets,
  context: ProviderContext,
  options: RotatingOptions,
): Renewed {
  return {
    token: readAccessToken(members, context, options),
    credential: { ...before, ...readCredential(members) },
    old: options.says ?? 'ends',
  }
}

function readCredential(members: JsonObject): Secrets {
  return { refresh: new Secret(readToken(members, 'refresh')) }
}

function readAccessToken(
  members: JsonObject,
  { clock }: ProviderContext,
  { lifetimeSeconds }: RotatingOptions,
): AccessToken {
  const value = new Secret(readToken(members, 'access'))
  const said = Number(lifetimeSeconds ?? members['expires_in'])
  const expiry = { as: 'lifetime_seconds', value: said, sentAt: clock.now() } as const
  return {
    value,
    tokenType: 'Bearer',
    headers: { Authorization: new Secret(`Bearer ${value.reveal()}`) },
    expiresAt: parseExpiry(expiry, 0),
    outputs: {
      id: new Secret(readText(members, 'id')),
      csrf: new Secret(readText(members, 'csrf')),
    },
  }
}

interface Call {
  readonly method: HttpRequest['method']
  readonly path: string
  readonly token?: AccessToken
  readonly csrf?: Secret | undefined
  readonly body?: unknown
}

function call(
  values: FormValues,
  { method, path, token, csrf, body }: Call,
  { http, signal }: ProviderContext,
): Promise<HttpResponse> {
  return http.send({
    method,
    url: `${parseBaseUrl(values['url'] ?? '').href}${path}`,
    headers: {
      ...(token && { authorization: `Bearer ${token.value.reveal()}` }),
      ...(csrf && { 'x-csrf': csrf.reveal() }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    transport: toTransport(values),
    signal,
  })
}

/** Throws unless it is a 200; `error` in a 400 is the word by which the credential is refused. */
function requireDone(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
  error?: string,
): void {
  const { host } = parseBaseUrl(values['url'] ?? '')
  if (answer.status === 200) return
  if (answer.status === 429) throw rateLimited(host, answer, context, THROTTLED_MS)
  if (error !== undefined && isRefusal(answer, 400, error)) {
    throw new TokentrayError('wrong_credentials', `${host} did not accept the login.`)
  }
  throw refusedStatus(host, answer.status)
}

function isRefusal(answer: HttpResponse, status: number, error: string): boolean {
  return answer.status === status && findObject(answer)?.['error'] === error
}
