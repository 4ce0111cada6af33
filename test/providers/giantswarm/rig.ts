import { Secret } from '../../../main/base/secret.ts'
import { giantswarm } from '../../../main/providers/giantswarm/giantswarm.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import { startGiantswarmSimulator } from '../../simulators/giantswarm-simulator.ts'
import { fetchMembers } from '../calling.ts'
import type { NamedRig, TokenFacts } from '../contract/rig.ts'

const tokens: TokenFacts = {
  lifetimeMs: () => null,
  successWith: (token) => ({ auth_token: token }),
}

/** Giant Swarm: each token is a login of its own, and never expires. */
export const giantswarmRigs: readonly NamedRig[] = [
  {
    name: 'giantswarm',
    provider: giantswarm,
    members: ['mint', 'revoke', 'probe'],
    tokens: { login: tokens, mint: tokens },
    throttled: {
      answer: { kind: 'status', status: 429, body: { code: 'TOO_MANY_REQUESTS', message: 'x' } },
      waitMs: 300_000,
    },
    tokenRefusals: ['INVALID_CREDENTIALS', 'PERMISSION_DENIED'].map((code) => ({
      what: code,
      answer: { kind: 'status', status: 401, body: { code, message: 'x' } },
      at: ['probe'],
    })),
    async make(clock, { throttled = false } = {}) {
      const password = markedSecret('giantswarm')
      const simulator = await startGiantswarmSimulator({
        accounts: ['bob@example.com', 'eve@example.com'].map((email) => ({ email, password })),
        now: () => clock.now(),
        onToken: registerSecret,
        ...(throttled && { throttle: { calls: 1, windowMs: 300_000 } }),
      })
      return {
        simulator,
        form: {
          values: { url: simulator.url, email: 'bob@example.com' },
          secrets: { password: new Secret(password) },
        },
        wrongSecrets: { password: new Secret(markedSecret('wrong')) },
        label: `bob@example.com at ${new URL(simulator.url).host}`,
        usefulPath: () => '/v4/clusters/',
        async foreignToken(of) {
          const { auth_token: token } = await fetchMembers(`${simulator.url}/v4/auth-tokens/`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({
              email: of === 'same account' ? 'bob@example.com' : 'eve@example.com',
              password_base64: Buffer.from(password).toString('base64'),
            }),
          })
          return String(token)
        },
      }
    },
  },
]
