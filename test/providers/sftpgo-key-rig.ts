import { Secret } from '../../main/base/secret.ts'
import { sftpgo } from '../../main/providers/sftpgo.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import { fetchMembers } from './calling.ts'
import type { Exception, NamedRig, TokenFacts } from './rig.ts'

const PAGE_403 = 'has a gateway in front with a page of status 403'

const byLogin: TokenFacts = {
  lifetimeMs: () => 20 * 60_000,
  successWith: (token) => ({ access_token: token, expires_at: '2099-01-01T00:00:00Z' }),
}

const byKey: TokenFacts = {
  lifetimeMs: (askedSeconds) => askedSeconds * 1_000,
  status: 201,
  successWith: (token) => ({ message: 'API key created', key: token }),
  // Keys cannot manage keys, and the id of one that was deleted is not known any more.
  revocable: false,
  refusedStatus: 400,
}

const forbidden = (['login', 'revoke'] as const).map((at): Exception => {
  return {
    at,
    step: 1,
    row: PAGE_403,
    becomes: 'temporarily_unavailable',
    because: 'a ban is a 403 too, and passes',
  }
})

/** The third request of a login is a probe. */
const probes: readonly Exception[] = [
  { at: 'login', step: 3 } as const,
  { at: 'probe' } as const,
].flatMap((request): Exception[] => [
  {
    ...request,
    row: PAGE_403,
    becomes: 'an answer',
    because: 'a good token may be allowed nothing',
  },
  {
    ...request,
    row: 'answers with an empty object',
    becomes: 'an answer',
    because: 'the members of a profile are all left out if empty',
  },
])

const ways = [
  { name: 'sftpgo, by API key', values: {}, usefulPath: '/api/v2/version' },
  {
    name: 'sftpgo, by API key for a user',
    values: { keyUser: 'bob' },
    usefulPath: '/api/v2/user/dirs',
  },
] as const

/** SFTPGo with leases by API key: an administrator makes them, for itself or for a user. */
export const sftpgoKeyRigs: readonly NamedRig[] = ways.map(({ name, values, usefulPath }) => ({
  name,
  provider: sftpgo,
  members: ['mint', 'revoke', 'revokeLease', 'probe'],
  tokens: { login: byLogin, mint: byKey },
  // A login makes a key, tries it out and deletes it.
  requests: { login: 4, revokeLeaseById: 2 },
  throttled: {
    answer: { kind: 'status', status: 429, headers: { 'retry-after': '90' } },
    waitMs: 90_000,
  },
  exceptions: [
    ...forbidden,
    {
      at: 'revokeLeaseById',
      step: 1,
      row: 'answers with a list',
      becomes: 'an answer',
      because: 'its first request asks for a list, and an empty one holds no key of the lease',
    },
    ...probes,
  ],
  async make(clock, { throttled = false } = {}) {
    const password = markedSecret('sftpgo')
    const administrators = ['alice', 'mallory'] as const
    const simulator = await startSftpgoSimulator({
      accounts: [
        ...administrators.map((username) => {
          return { username, password, role: 'admin', allowApiKeyAuth: true } as const
        }),
        { username: 'bob', password, allowApiKeyAuth: true },
      ],
      now: () => clock.now(),
      onToken: registerSecret,
      ...(throttled && { rate: { requests: 4, windowMs: 90_000 } }),
    })
    return {
      simulator,
      form: {
        values: {
          url: simulator.url,
          role: 'admin',
          leaseBy: 'api_key',
          username: administrators[0],
          ...values,
        },
        secrets: { password: new Secret(password) },
      },
      wrongSecrets: { password: new Secret(markedSecret('wrong')) },
      label: `alice at ${new URL(simulator.url).host}`,
      usefulPath: (maker) => (maker === 'mint' ? usefulPath : '/api/v2/version'),
      async strangerToken(of) {
        const username = administrators[of === 'same account' ? 0 : 1]
        const basic = Buffer.from(`${username}:${password}`).toString('base64')
        const { access_token: token } = await fetchMembers(`${simulator.url}/api/v2/token`, {
          headers: { authorization: `Basic ${basic}` },
        })
        return String(token)
      },
    }
  },
}))
