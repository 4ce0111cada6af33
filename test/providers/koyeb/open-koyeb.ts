import { randomUUID } from 'node:crypto'
import { Secret } from '../../../main/base/secret.ts'
import { createHttpClient } from '../../../main/providers/http/client.ts'
import type { HttpClient } from '../../../main/providers/http/http.ts'
import { koyeb } from '../../../main/providers/koyeb/koyeb.ts'
import type {
  AccessToken,
  LoginForm,
  ProviderContext,
  ProviderSession,
} from '../../../main/providers/provider.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import {
  type KoyebOptions,
  type KoyebSimulator,
  startKoyebSimulator,
} from '../../simulators/koyeb-simulator.ts'
import type { RecordedRequest } from '../../simulators/simulator.ts'
import { makeContext } from '../calling.ts'

/** An address that must be encoded in a query, and a password that must be in JSON. */
export const EMAIL = 'gina+old&x=1@example.com'

/** A simulated Koyeb with an organisation, tokens made in its console, and accounts of the old login. */
export interface OpenKoyeb {
  readonly clock: FakeClock
  readonly http: HttpClient
  readonly simulator: KoyebSimulator
  readonly organizationId: string
  /** Another one that the person of the API token belongs to. */
  readonly secondId: string
  /** One of somebody else. */
  readonly strangeId: string
  readonly apiToken: string
  /** It can do nothing as a user. */
  readonly organizationToken: string
  readonly password: string
  /** The form for the API token unless another token is given. */
  tokenForm(more?: Readonly<Record<string, string>>, token?: string): LoginForm
  /** Gina's form of the old login. */
  passwordForm(more?: Readonly<Record<string, string>>): LoginForm
  /** An account by API token after its login, with what that has learned. */
  signInByToken(more?: Readonly<Record<string, string>>, token?: string): Promise<ProviderSession>
  /** Gina, logged in the old way. */
  signInByPassword(): Promise<ProviderSession & { readonly token: AccessToken }>
  context(http?: HttpClient): ProviderContext
  /** The next request gets this instead of an answer. */
  next(status: number, body?: unknown, headers?: Readonly<Record<string, string>>): void
  /** What was sent so far, as `POST /path`. */
  lines(): string[]
  lastRequest(): RecordedRequest
  close(): Promise<void>
}

/** Starts it with a clock that stands still. */
export async function openKoyeb(options: Partial<KoyebOptions> = {}): Promise<OpenKoyeb> {
  const password = `${markedSecret('koyeb')} "pässwörd" €`
  const apiToken = markedSecret('koyeb-personal')
  const organizationToken = markedSecret('koyeb-organisation')
  const [organizationId, secondId, strangeId] = [randomUUID(), randomUUID(), randomUUID()]
  const clock = new FakeClock()
  const http = createHttpClient({ clock, env: {} })
  const simulator = await startKoyebSimulator({
    organizations: [
      { id: organizationId, name: 'Acme' },
      { id: secondId, name: 'Second' },
      { id: strangeId, name: 'Strange' },
    ],
    apiTokens: [
      { token: apiToken, organizationId, alsoIn: [secondId] },
      { token: organizationToken, organizationId, type: 'organization' },
    ],
    accounts: [
      { email: EMAIL, password, organizationId },
      { email: 'hugo@example.com', password, organizationId, method: 'WORKOS' },
    ],
    now: () => clock.now(),
    onToken: registerSecret,
    ...options,
  })
  const context = (client: HttpClient = http) => makeContext(client, clock)
  const { url } = simulator
  const tokenForm: OpenKoyeb['tokenForm'] = (more = {}, token = apiToken) => ({
    values: { way: 'api_token', url, ...more },
    secrets: { token: new Secret(token) },
  })
  const passwordForm: OpenKoyeb['passwordForm'] = (more = {}) => ({
    values: { way: 'password', url, email: EMAIL, ...more },
    secrets: { password: new Secret(password) },
  })
  return {
    ...{
      clock,
      http,
      simulator,
      organizationId,
      secondId,
      strangeId,
      apiToken,
      organizationToken,
      password,
    },
    ...{ tokenForm, passwordForm, context },
    async signInByToken(more, token) {
      const form = tokenForm(more, token)
      const { credential, learned } = await koyeb.login(form, context())
      // Until the token that it was tried with is over.
      clock.jumpWall(1_000)
      return { values: { ...form.values, ...learned }, credential }
    },
    async signInByPassword() {
      const { values, secrets } = passwordForm()
      const { token } = await koyeb.login({ values, secrets }, context())
      if (!token) throw new Error('The login gave no token.')
      return { values, credential: secrets, token }
    },
    next: (status, body, headers) =>
      simulator.faults.next(1, { kind: 'status', status, body, ...(headers && { headers }) }),
    lines: () => simulator.requests.map(({ method, path }) => `${method} ${path}`),
    lastRequest() {
      const last = simulator.requests.at(-1)
      if (!last) throw new Error('Nothing was sent.')
      return last
    },
    async close() {
      await http.close()
      await simulator.close()
    },
  }
}

/** The names of the headers of a request, as they were spelled. */
export function headerNames({ rawHeaders }: RecordedRequest): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 0)
}

/** A refusal in Koyeb's own envelope. */
export const said = (status: number) => ({ status, code: 'some_error', message: 'Some words' })

/** What is none of Koyeb's words, whatever its status. */
export const strangers = [
  undefined,
  '<html>',
  {},
  { message: 'Unauthorized' },
  { code: 'authentication_error' },
  { code: null, message: 'x' },
] as const
