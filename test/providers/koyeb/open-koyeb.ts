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

/** Must be encoded in a query. */
export const EMAIL = 'gina+old&x=1@example.com'

/** A simulated Koyeb with an organization, tokens made in its console, and accounts of the old login. */
export interface OpenKoyeb {
  readonly clock: FakeClock
  readonly http: HttpClient
  readonly simulator: KoyebSimulator
  readonly organizationId: string
  /** Another organization of the API token's user. */
  readonly secondId: string
  /** An organization that this user does not belong to. */
  readonly strangeId: string
  readonly apiToken: string
  /** An API token of the organization, which can do nothing as a user. */
  readonly organizationToken: string
  readonly password: string
  /** The login form with this API token, `apiToken` by default. */
  tokenForm(more?: Readonly<Record<string, string>>, token?: string): LoginForm
  /** Gina's form for the old login. */
  passwordForm(more?: Readonly<Record<string, string>>): LoginForm
  /** Logs in with an API token; the values include what the login has learned. */
  signInByToken(more?: Readonly<Record<string, string>>, token?: string): Promise<ProviderSession>
  /** Logs Gina in with the old login. */
  signInByPassword(): Promise<ProviderSession & { readonly token: AccessToken }>
  context(http?: HttpClient): ProviderContext
  /** The next request gets this response instead. */
  next(status: number, body?: unknown, headers?: Readonly<Record<string, string>>): void
  /** The requests so far, as `POST /path`. */
  lines(): string[]
  lastRequest(): RecordedRequest
  close(): Promise<void>
}

/** Starts one with a fake clock. */
export async function openKoyeb(options: Partial<KoyebOptions> = {}): Promise<OpenKoyeb> {
  const password = `${markedSecret('koyeb')} "pässwörd" €`
  const apiToken = markedSecret('koyeb-personal')
  const organizationToken = markedSecret('koyeb-organization')
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
      // Until the access token of the trial has expired.
      clock.jumpWall(1_000)
      return { values: { ...form.values, ...learned }, credential }
    },
    async signInByPassword() {
      const { values, secrets } = passwordForm()
      const { token } = await koyeb.login({ values, secrets }, context())
      if (!token) throw new Error('The login returned no token.')
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

/** The header names of a request, as spelled by the sender. */
export function headerNames({ rawHeaders }: RecordedRequest): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 0)
}

/** An error in Koyeb's format. */
export const said = (status: number) => ({ status, code: 'some_error', message: 'Some words' })

/** Bodies that are not from Koyeb, whatever the status. */
export const foreignBodies = [
  undefined,
  '<html>',
  {},
  { message: 'Unauthorized' },
  { code: 'authentication_error' },
  { code: null, message: 'x' },
] as const
