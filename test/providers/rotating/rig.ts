import { Secret } from '../../../main/base/secret.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import {
  type RotatingOptions,
  startRotatingSimulator,
} from '../../simulators/rotating-simulator.ts'
import { type NamedRig, type TokenFacts, throttleAfterLogin } from '../contract/rig.ts'
import { createRotating, THROTTLED_MS } from './rotating.ts'

const tokens: TokenFacts = {
  lifetimeMs: () => 1_200_000,
  successWith: (token) => ({
    ...{ access: token, refresh: 'refresh', id: 'id', csrf: 'csrf', expires_in: 1_200 },
  }),
}

const throttled: NamedRig['throttled'] = {
  answer: { kind: 'status', status: 429, headers: { 'retry-after': '60' } },
  waitMs: THROTTLED_MS,
}

type Described = Pick<NamedRig, 'name' | 'provider' | 'members' | 'tokens'> &
  Partial<Pick<NamedRig, 'requests' | 'polls'>>

function rigOf(described: Described, service: Partial<RotatingOptions>): NamedRig {
  return {
    ...described,
    throttled,
    tokenRefusals: [
      {
        what: '401 and invalid_token',
        answer: { kind: 'status', status: 401, body: { error: 'invalid_token' } },
        at: described.members.includes('refresh') ? ['refresh', 'probe'] : ['probe'],
      },
    ],
    async make(clock, options = {}) {
      const password = markedSecret('rotating')
      const [username, other] = ['frank', 'grace'] as const
      const simulator = await startRotatingSimulator({
        ...service,
        accounts: [username, other].map((each) => ({ username: each, password })),
        now: () => clock.now(),
        onToken: registerSecret,
      })
      if (options.throttled) {
        throttleAfterLogin({ simulator }, { throttled, ...described })
      }
      return {
        simulator,
        form: {
          values: { url: simulator.url, username },
          secrets: { password: new Secret(password) },
        },
        wrongSecrets: { password: new Secret(markedSecret('wrong')) },
        label: `${username} at ${new URL(simulator.url).host}`,
        usefulPath: () => '/me',
        foreignToken: (of) => simulator.addProgram(of === 'same account' ? username : other),
      }
    },
  }
}

const renewing = {
  members: ['renew', 'revoke', 'endCredential', 'probe'],
  tokens: { login: tokens, renew: tokens },
} as const

/** A service of the tests, for what none of the real ones does: it stands in no registry. */
export const rotatingRigs: readonly NamedRig[] = [
  rigOf({ name: 'rotating', provider: createRotating(), ...renewing }, { old: 'ends' }),
  rigOf(
    { name: 'rotating, old token lives', provider: createRotating({ says: 'lives' }), ...renewing },
    { old: 'lives' },
  ),
  rigOf(
    { name: 'rotating, same token', provider: createRotating({ says: 'same' }), ...renewing },
    { old: 'same' },
  ),
  rigOf(
    {
      name: 'rotating, from the live token',
      provider: createRotating({ refreshes: true }),
      members: ['refresh', 'revoke', 'endCredential', 'probe'],
      tokens: { login: tokens, refresh: tokens },
    },
    { old: 'ends' },
  ),
  rigOf(
    {
      name: 'rotating, with approval',
      provider: createRotating({ asksForApproval: true }),
      ...renewing,
      tokens: { login: { ...tokens, step: 2 }, renew: tokens },
      requests: { login: 2 },
      polls: [{ path: '/approval', most: 3 }],
    },
    { pending: 2 },
  ),
]
