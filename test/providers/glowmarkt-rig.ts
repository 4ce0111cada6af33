import { Secret } from '../../main/base/secret.ts'
import { glowmarkt } from '../../main/providers/glowmarkt.ts'
import { BRIGHT_APPLICATION_ID } from '../../main/providers/glowmarkt-fields.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { startGlowmarktSimulator } from '../simulators/glowmarkt-simulator.ts'
import { type NamedRig, type TokenFacts, throttleAfterLogin } from './rig.ts'

const tokens: TokenFacts = {
  lifetimeMs: () => 7 * 86_400_000,
  successWith: (token) => ({ valid: true, exp: 4_000_000_000, token }),
}

const throttled: NamedRig['throttled'] = {
  // The service knows no limit; what stands in front of it may.
  answer: { kind: 'status', status: 429, headers: { 'retry-after': '90' } },
  waitMs: 90_000,
}

/** Glowmarkt: tokens that make others of their kind, and a list of them all. */
export const glowmarktRigs: readonly NamedRig[] = [
  {
    name: 'glowmarkt',
    provider: glowmarkt,
    members: ['mint', 'refresh', 'revoke', 'listTokens', 'revokeById', 'probe'],
    tokens: { login: tokens, mint: tokens, refresh: tokens },
    throttled,
    exceptions: [
      {
        at: 'listTokens',
        row: 'answers with a list',
        becomes: 'an answer',
        because: 'an empty list is a list',
      },
    ],
    async make(clock, options = {}) {
      const password = markedSecret('glowmarkt')
      const accounts = ['carol@example.com', 'dave@example.com'] as const
      const simulator = await startGlowmarktSimulator({
        accounts: accounts.map((username) => ({ username, password })),
        now: () => clock.now(),
        onToken: registerSecret,
      })
      if (options.throttled) throttleAfterLogin({ simulator }, { throttled })
      return {
        simulator,
        form: {
          values: {
            url: simulator.apiUrl,
            username: accounts[0],
            applicationId: BRIGHT_APPLICATION_ID,
          },
          secrets: { password: new Secret(password) },
        },
        wrongSecrets: { password: new Secret(markedSecret('wrong')) },
        label: `${accounts[0]} at ${new URL(simulator.url).host}`,
        usefulPath: () => '/api/v0-1/virtualentity',
        strangerToken: (of) => simulator.addPhone(accounts[of === 'same account' ? 0 : 1]).token,
      }
    },
  },
]
