import { Secret } from '../../../main/base/secret.ts'
import { sftpgo } from '../../../main/providers/sftpgo/sftpgo.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import { startSftpgoSimulator } from '../../simulators/sftpgo-simulator.ts'
import { fetchMembers } from '../calling.ts'
import {
  type Exception,
  type NamedRig,
  type TokenFacts,
  throttleAfterLogin,
} from '../contract/rig.ts'

const PAGE_403 = 'has a gateway in front with a page of status 403'

const byLogin: TokenFacts = {
  lifetimeMs: () => 20 * 60_000,
  successWith: (token) => ({ access_token: token, expires_at: '2099-01-01T00:00:00Z' }),
}

const byKey: TokenFacts = {
  lifetimeMs: (askedSeconds) => askedSeconds * 1_000,
  status: 201,
  successWith: (token) => ({ message: 'API key created', key: token }),
  // Keys cannot manage keys, and the id of a deleted key is unknown to the service.
  revocable: false,
  refusedStatus: 400,
}

const banned = (
  ['login', 'mint', 'revoke', 'revokeLease', 'revokeLeaseById', 'probe'] as const
).map((at): Exception => {
  return {
    at,
    row: PAGE_403,
    becomes: 'rate_limited',
    because: 'it may be a ban, which every further request makes longer',
  }
})

/** The third request of a login tries a key; a probe uses the administrator's session. */
const atTrial = { at: 'login', step: 3, becomes: 'an answer' } as const
const atProbe: Exception = {
  at: 'probe',
  row: 'answers with an empty object',
  becomes: 'an answer',
  because: 'of the members of a version none is needed here',
}

// A login creates a key, tries it and deletes it.
const requests = { login: 4, revokeLeaseById: 2 }

const slowDown = {
  answer: { kind: 'status', status: 429, headers: { 'retry-after': '90' } },
  waitMs: 90_000,
} as const

const ways = [
  {
    name: 'sftpgo, by API key',
    values: {},
    usefulPath: '/api/v2/version',
    tried: { ...atProbe, ...atTrial },
  },
  {
    name: 'sftpgo, by API key for a user',
    values: { keyUser: 'bob' },
    usefulPath: '/api/v2/user/dirs',
    tried: {
      ...atTrial,
      row: 'answers with a list',
      because: 'an empty folder is an empty list',
    },
  },
] as const

/** SFTPGo with an API key for each lease, which an administrator creates for itself or for a user. */
export const sftpgoKeyRigs: readonly NamedRig[] = ways.map(
  ({ name, values, usefulPath, tried }) => ({
    name,
    provider: sftpgo,
    members: ['mint', 'revoke', 'revokeLease', 'probe'],
    tokens: { login: byLogin, mint: byKey },
    requests,
    throttled: slowDown,
    exceptions: [
      ...banned,
      {
        at: 'revokeLeaseById',
        step: 1,
        row: 'answers with a list',
        becomes: 'an answer',
        because: 'its first request asks for a list, and an empty one holds no key of the lease',
      },
      atProbe,
      tried,
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
      })
      // A token bucket for the four requests of a login would refill too slowly for another login.
      if (throttled) throttleAfterLogin({ simulator }, { throttled: slowDown, requests })
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
        async foreignToken(of) {
          const username = administrators[of === 'same account' ? 0 : 1]
          const basic = Buffer.from(`${username}:${password}`).toString('base64')
          const { access_token: token } = await fetchMembers(`${simulator.url}/api/v2/token`, {
            headers: { authorization: `Basic ${basic}` },
          })
          return String(token)
        },
      }
    },
  }),
)
