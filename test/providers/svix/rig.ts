import { Secret } from '../../../main/base/secret.ts'
import { svix } from '../../../main/providers/svix/svix.ts'
import type { FakeClock } from '../../helpers/fake-clock.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import { signJwt } from '../../simulators/jwt.ts'
import { type SvixOptions, startSvixSimulator } from '../../simulators/svix-simulator.ts'
import {
  type Exception,
  type MakeRig,
  type NamedRig,
  type TokenFacts,
  throttleAfterLogin,
} from '../contract/rig.ts'

const DAY_MS = 86_400_000
const url = 'https://app.svix.com/login#key=1'

const throttled: NamedRig['throttled'] = {
  // 429 is documented, but no header that says how long to wait.
  answer: { kind: 'status', status: 429, body: { code: 'rate_limit', detail: 'Slow down' } },
  waitMs: 60_000,
}

/** The failures after which its POST requests are retried. */
const after = ['reset', 'lost'] as const

/** An hour is the shortest lifetime that can be requested. */
const hostedTokens: TokenFacts = {
  lifetimeMs: (askedSeconds) => Math.max(askedSeconds, 3_600) * 1000,
  successWith: (token) => ({ url, token }),
}

const oldTokens: TokenFacts = {
  lifetimeMs: () => 7 * DAY_MS,
  successWith: (token) => ({ url, token }),
}

const openSourceTokens: TokenFacts = {
  lifetimeMs: () => 28 * DAY_MS,
  successWith: (token) => ({ url, token: typeof token === 'string' ? withEnd(token) : token }),
}

/** This request of a login asks the server who calls, with the token of the trial. */
const whoAmI = (step: number): readonly Exception[] => [
  {
    at: 'login',
    step,
    row: 'answers with an empty object',
    becomes: 'an answer',
    because: 'it says nothing of a session, so that none is ever named to it',
  },
  {
    at: 'login',
    step,
    row: 'answers 200 with a failure in its words',
    becomes: 'an answer',
    because: 'that says nothing of a session either',
  },
]

/** In the service's format, which is also that of the open-source server. */
const tokenRefusals: NamedRig['tokenRefusals'] = [
  {
    what: '401',
    answer: { kind: 'status', status: 401, body: { code: 'authentication_failed', detail: 'x' } },
    at: ['probe'],
  },
]

/** A link comes with its token, which would be lost if only the link were refused. */
const withLink: TokenFacts['unusableAnswers'] = [
  {
    what: 'holds a link to nowhere',
    change: (answer) => ({ ...answer, url: 'an invalid address' }),
  },
  { what: 'holds no link', change: ({ url: _, ...rest }) => rest },
]

/** Svix: a key for an environment, and tokens for the portals of its applications. */
export const svixRigs: readonly NamedRig[] = [
  {
    name: 'svix hosted',
    provider: svix,
    members: ['mint', 'revoke', 'revokeLease', 'revokeAll', 'portalLink', 'probe'],
    tokens: { mint: hostedTokens, portalLink: { ...hostedTokens, unusableAnswers: withLink } },
    // The application, whether tokens can be revoked, and a trial token: created, used and logged out.
    requests: { login: 5 },
    exceptions: whoAmI(4),
    throttled,
    tokenRefusals,
    retries: {
      at: ['mint', 'revoke', 'revokeLease', 'revokeLeaseById', 'revokeAll', 'portalLink'],
      after,
    },
    // The response is the same whether or not there was such a session.
    secondEnd: { revokeLease: 'revoked', revokeLeaseById: 'revoked' },
    make: makeWith({}, { requests: { login: 5 } }),
  },
  {
    name: 'svix of the old generation',
    provider: svix,
    members: ['mint', 'revoke', 'revokeAll', 'portalLink', 'probe'],
    tokens: { mint: oldTokens, portalLink: { ...oldTokens, unusableAnswers: withLink } },
    // Two of them go to routes that it does not have, and one to a path without a slash.
    requests: { login: 7 },
    exceptions: whoAmI(6),
    throttled,
    tokenRefusals,
    retries: { at: ['mint', 'revoke', 'revokeAll', 'portalLink'], after },
    make: makeWith({ generation: 'old' }, { requests: { login: 7 } }),
  },
  {
    name: 'svix open source',
    provider: svix,
    members: ['mint', 'probe'],
    tokens: { mint: openSourceTokens },
    // The application, whether tokens can be revoked, and whether this is a key.
    requests: { login: 3 },
    throttled,
    tokenRefusals,
    retries: { at: ['mint'], after },
    make: makeWith({ flavour: 'oss' }, { requests: { login: 3 } }),
  },
]

function makeWith(
  options: Pick<SvixOptions, 'flavour' | 'generation'>,
  { requests }: Pick<NamedRig, 'requests'>,
): MakeRig {
  return async (clock: FakeClock, { throttled: isThrottled = false } = {}) => {
    const simulator = await startSvixSimulator({
      ...options,
      environments: [
        {
          key: markedSecret('svix'),
          applications: [
            { uid: 'app_1', name: 'Acme' },
            { uid: 'app_2', name: 'Bolt' },
          ],
        },
      ],
      now: () => clock.now(),
      onToken(token) {
        registerSecret(token)
        // The open-source server issues the same token twice within a second.
        if (options.flavour === 'oss') simulator.clock.advance(1_000)
      },
    })
    const key = simulator.keyOf()
    registerSecret(key)
    if (isThrottled) throttleAfterLogin({ simulator }, { throttled, ...(requests && { requests }) })
    const slash = options.generation === 'old' ? '/' : ''
    return {
      simulator,
      form: {
        values: { url: simulator.url, application: 'app_1', region: 'auto', allowPlainHttp: 'no' },
        secrets: { key: new Secret(key) },
      },
      wrongSecrets: { key: new Secret(markedSecret('wrong')) },
      label: `Acme at ${new URL(simulator.url).host}`,
      usefulPath: () => `/api/v1/app/app_1${slash}`,
      foreignToken: (of) => simulator.addCustomer(of === 'same account' ? 'app_1' : 'app_2'),
    }
  }
}

/** A JWT with a readable expiry, and this token as its signature. */
function withEnd(token: string): string {
  const [header = '', payload = ''] = signJwt({ exp: 4_000_000_000 }, Buffer.from('')).split('.')
  return token === '' ? '' : `${header}.${payload}.${token}`
}
