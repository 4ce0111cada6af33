import { Secret } from '../../../main/base/secret.ts'
import { BRIGHT_APPLICATION_ID } from '../../../main/providers/glowmarkt/fields.ts'
import { glowmarkt } from '../../../main/providers/glowmarkt/glowmarkt.ts'
import { createHttpClient } from '../../../main/providers/http/client.ts'
import type { HttpClient } from '../../../main/providers/http/http.ts'
import type {
  AccessToken,
  Login,
  LoginForm,
  MintRequest,
  ProviderContext,
  ProviderSession,
} from '../../../main/providers/provider.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import {
  type GlowmarktOptions,
  type GlowmarktSimulator,
  startGlowmarktSimulator,
} from '../../simulators/glowmarkt-simulator.ts'
import type { RecordedRequest } from '../../simulators/simulator.ts'
import { makeContext } from '../calling.ts'

type MintToken = (
  session: ProviderSession,
  request: MintRequest,
  context: ProviderContext,
) => Promise<AccessToken>

/** A simulated Glowmarkt with an account of Carol's, and one of Eric's that is not valid. */
export interface OpenGlowmarkt {
  readonly clock: FakeClock
  readonly http: HttpClient
  readonly simulator: GlowmarktSimulator
  readonly password: string
  /** The login form of this user, Carol by default. */
  form(username?: string, more?: Readonly<Record<string, string>>): LoginForm
  /** Logs Carol in. */
  openSession(): Promise<ProviderSession & { readonly token: AccessToken }>
  context(http?: HttpClient): ProviderContext
  /** The next request gets this response instead. */
  next(status: number, body?: unknown): void
  /** The requests so far, as `POST /path`. */
  lines(): string[]
  lastRequest(): RecordedRequest
  close(): Promise<void>
}

/** Starts one with a fake clock. */
export async function openGlowmarkt(
  options: Partial<GlowmarktOptions> = {},
): Promise<OpenGlowmarkt> {
  const password = `${markedSecret('glowmarkt')} "pässwörd" €`
  const clock = new FakeClock()
  const http = createHttpClient({ clock, env: {} })
  const simulator = await startGlowmarktSimulator({
    accounts: [
      { username: 'carol@example.com', password },
      { username: 'eric@example.com', password, notValid: true },
    ],
    now: () => clock.now(),
    onToken: registerSecret,
    ...options,
  })
  const context = (client: HttpClient = http) => makeContext(client, clock)
  const form: OpenGlowmarkt['form'] = (username = 'carol@example.com', more = {}) => {
    const applicationId = BRIGHT_APPLICATION_ID
    return {
      values: { url: simulator.apiUrl, username, applicationId, ...more },
      secrets: { password: new Secret(password) },
    }
  }
  return {
    ...{ clock, http, simulator, password, form, context },
    async openSession() {
      const { values, secrets } = form()
      const { token } = await login({ values, secrets }, context())
      return { values, credential: secrets, token }
    },
    next: (status, body) => simulator.faults.next(1, { kind: 'status', status, body }),
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

/** Logs in; throws if the login returns no token. */
export async function login(
  form: LoginForm,
  context: ProviderContext,
): Promise<Login & { readonly token: AccessToken }> {
  const { token, ...rest } = await glowmarkt.login(form, context)
  if (!token) throw new Error('The login returned no token.')
  return { ...rest, token }
}

/** The driver and its operations; throws if one is missing. */
export function requireMembers() {
  const driver = glowmarkt.driver({})
  const { mint, refresh, revoke, probe, listTokens, revokeById } = driver
  if (!mint || !refresh || !revoke || !probe || !listTokens || !revokeById) {
    throw new Error('The driver lacks an operation that its service supports.')
  }
  const mintToken: MintToken = async (...call) => (await mint(...call)).token
  return { driver, mint: mintToken, refresh, revoke, probe, listTokens, revokeById }
}
