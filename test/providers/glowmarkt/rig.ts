import { Secret } from '../../../main/base/secret.ts'
import { BRIGHT_APPLICATION_ID } from '../../../main/providers/glowmarkt/fields.ts'
import { glowmarkt } from '../../../main/providers/glowmarkt/glowmarkt.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import { startGlowmarktSimulator } from '../../simulators/glowmarkt-simulator.ts'
import { type NamedRig, type TokenFacts, throttleAfterLogin } from '../contract/rig.ts'

const tokens: TokenFacts = {
  lifetimeMs: () => 7 * 86_400_000,
  successWith: (token) => ({ valid: true, exp: 4_000_000_000, token }),
  unusableAnswers: [
    { what: 'does not say when it ends', change: ({ exp: _, ...rest }) => rest },
    { what: 'says in words when it ends', change: (answer) => ({ ...answer, exp: 'in a week' }) },
    { what: 'says that it has ended', change: (answer) => ({ ...answer, exp: 1_000_000_000 }) },
    { what: 'does not say whether it is valid', change: ({ valid: _, ...rest }) => rest },
  ],
}

const bySession = ['mint', 'refresh', 'listTokens', 'revokeById', 'probe'] as const
const status = (status: number, body: unknown) => ({ kind: 'status', status, body }) as const

const throttled: NamedRig['throttled'] = {
  // The service has no rate limit, but a gateway in front of it may.
  answer: { kind: 'status', status: 429, headers: { 'retry-after': '90' } },
  waitMs: 90_000,
}

/** Glowmarkt: tokens can create more tokens, and the service lists them. */
export const glowmarktRigs: readonly NamedRig[] = [
  {
    name: 'glowmarkt',
    provider: glowmarkt,
    members: ['mint', 'refresh', 'revoke', 'listTokens', 'revokeById', 'probe'],
    tokens: { login: tokens, mint: tokens, refresh: tokens },
    throttled,
    tokenRefusals: [
      { what: '400 with an error', answer: status(400, { error: 'x' }), at: bySession },
      { what: '400 and not valid', answer: status(400, { valid: false }), at: bySession },
      { what: '200 and not valid', answer: status(200, { valid: false }), at: bySession },
      { what: '401 with an error', answer: status(401, { error: 'x' }), at: bySession },
    ],
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
        foreignToken: (of) => simulator.addPhone(accounts[of === 'same account' ? 0 : 1]).token,
      }
    },
  },
]
