import { randomUUID } from 'node:crypto'
import { Secret } from '../../../main/base/secret.ts'
import { checkForm } from '../../../main/providers/form.ts'
import { koyeb } from '../../../main/providers/koyeb/koyeb.ts'
import type { FakeClock } from '../../helpers/fake-clock.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import { startKoyebSimulator } from '../../simulators/koyeb-simulator.ts'
import type { NamedRig, Rig, RigOptions, TokenFacts } from '../contract/rig.ts'

const WAIT_MS = 90_000
const DAY_SECONDS = 86_400

const throttled: NamedRig['throttled'] = {
  answer: {
    kind: 'status',
    status: 429,
    headers: {
      'x-ratelimit-limit': '1',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(WAIT_MS / 1000),
    },
  },
  waitMs: WAIT_MS,
}

/** A simulated Koyeb with two organizations, each with an API token and an account. */
async function startKoyeb(
  clock: FakeClock,
  { throttled = false }: RigOptions,
  requestsOfLogin: number,
) {
  const apiToken = markedSecret('koyeb-api-token')
  const password = markedSecret('koyeb')
  const [acme, other] = [randomUUID(), randomUUID()]
  const simulator = await startKoyebSimulator({
    organizations: [
      { id: acme, name: 'Acme' },
      { id: other, name: 'Other' },
    ],
    apiTokens: [{ token: apiToken, organizationId: acme }],
    accounts: [
      { email: 'gina@example.com', password, organizationId: acme },
      { email: 'ivan@example.com', password: markedSecret('koyeb'), organizationId: other },
    ],
    now: () => clock.now(),
    onToken: registerSecret,
    ...(throttled && { rate: { requests: requestsOfLogin, windowMs: WAIT_MS } }),
  })
  return { simulator, apiToken, password, acme, other, host: new URL(simulator.url).host }
}

const apiTokenDriver: NamedRig = {
  name: 'koyeb by API token',
  provider: koyeb,
  members: ['mint', 'probe'],
  tokens: {
    mint: {
      lifetimeMs: (seconds) => Math.min(seconds, DAY_SECONDS) * 1000,
      successWith: (token) => ({ token }),
      revocable: false,
    },
  },
  requests: { login: 2 },
  loginLeavesMs: 1_000,
  throttled,
  async make(clock, options = {}): Promise<Rig> {
    const { simulator, apiToken, acme, other, host } = await startKoyeb(clock, options, 2)
    return {
      simulator,
      form: checkForm(koyeb, { url: simulator.url }, { token: new Secret(apiToken) }),
      wrongSecrets: { token: new Secret(markedSecret('wrong')) },
      label: `Acme at ${host}`,
      usefulPath: () => '/v1/apps',
      foreignToken: (of) =>
        simulator.giveToken({ organizationId: of === 'same account' ? acme : other }),
    }
  },
}

const endingAt = (expires_at: unknown) => (answer: Readonly<Record<string, unknown>>) => {
  const { token } = answer
  return { token: { ...(typeof token === 'object' && token), expires_at } }
}

const loginToken: TokenFacts = {
  unusableAnswers: [
    { what: 'says in words when it ends', change: endingAt('in a week') },
    { what: 'says that it has ended', change: endingAt('2020-01-01T00:00:00Z') },
  ],
  // Whatever lifetime was requested.
  lifetimeMs: () => DAY_SECONDS * 1000,
  successWith: (token) => ({
    token: {
      id: token,
      user_id: randomUUID(),
      organization_id: randomUUID(),
      expires_at: '2099-01-01T00:00:00Z',
    },
  }),
}

const passwordDriver: NamedRig = {
  name: 'koyeb by password',
  provider: koyeb,
  members: ['refresh', 'revoke', 'probe'],
  tokens: { login: { ...loginToken, step: 2 }, refresh: loginToken },
  requests: { login: 2 },
  throttled,
  tokenRefusals: [401, 403].map((status) => ({
    what: String(status),
    answer: { kind: 'status', status, body: { status, code: 'x', message: 'x' } },
    at: ['refresh', 'probe'],
  })),
  exceptions: [
    {
      at: 'revoke',
      row: 'answers with an empty object',
      becomes: 'an answer',
      because: 'that is all that the service says of a log-out that worked',
    },
  ],
  async make(clock, options = {}): Promise<Rig> {
    const { simulator, password, host } = await startKoyeb(clock, options, 2)
    const values = { way: 'password', url: simulator.url, email: 'gina@example.com' }
    return {
      simulator,
      form: checkForm(koyeb, values, { password: new Secret(password) }),
      wrongSecrets: { password: new Secret(markedSecret('wrong')) },
      label: `gina@example.com at ${host}`,
      usefulPath: () => '/v1/apps',
      foreignToken: (of) =>
        simulator.giveToken({
          email: of === 'same account' ? 'gina@example.com' : 'ivan@example.com',
        }),
    }
  },
}

/** Koyeb with each of its two auth methods. */
export const koyebRigs: readonly NamedRig[] = [apiTokenDriver, passwordDriver]
