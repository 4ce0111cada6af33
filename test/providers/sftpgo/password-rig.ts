import { Secret } from '../../../main/base/secret.ts'
import { sftpgo } from '../../../main/providers/sftpgo/sftpgo.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import { startSftpgoSimulator } from '../../simulators/sftpgo-simulator.ts'
import { fetchMembers } from '../calling.ts'
import type { Exception, NamedRig, TokenFacts } from '../contract/rig.ts'

const PAGE_403 = 'has a gateway in front with a page of status 403'

const tokens: TokenFacts = {
  lifetimeMs: () => 20 * 60_000,
  successWith: (token) => ({ access_token: token, expires_at: '2099-01-01T00:00:00Z' }),
}

const banned = (['login', 'mint', 'revoke', 'probe'] as const).map((at): Exception => {
  return {
    at,
    row: PAGE_403,
    becomes: 'rate_limited',
    because: 'it may be a ban, which every further request makes longer',
  }
})

const ways = [
  { role: 'user', base: '/api/v2/user', usefulPath: '/api/v2/user/dirs' },
  { role: 'admin', base: '/api/v2', usefulPath: '/api/v2/version' },
] as const

/** SFTPGo with a password: each token is a login of its own, and expires after twenty minutes. */
export const sftpgoPasswordRigs: readonly NamedRig[] = ways.map(({ role, base, usefulPath }) => ({
  name: `sftpgo, as ${role}`,
  provider: sftpgo,
  members: ['mint', 'revoke', 'probe'],
  tokens: { login: tokens, mint: tokens },
  throttled: {
    answer: { kind: 'status', status: 429, headers: { 'retry-after': '90' } },
    waitMs: 90_000,
  },
  exceptions: [
    ...banned,
    {
      at: 'probe',
      row: 'answers with an empty object',
      becomes: 'an answer',
      because: 'the members of a profile are all left out if empty',
    },
  ],
  async make(clock, { throttled = false } = {}) {
    const password = markedSecret('sftpgo')
    const accounts = ['alice', 'mallory'] as const
    const simulator = await startSftpgoSimulator({
      accounts: accounts.map((username) => ({ username, password, role })),
      now: () => clock.now(),
      onToken: registerSecret,
      ...(throttled && { rate: { average: 1, periodMs: 90_000 } }),
    })
    return {
      simulator,
      form: {
        values: { url: simulator.url, role, username: accounts[0] },
        secrets: { password: new Secret(password) },
      },
      wrongSecrets: { password: new Secret(markedSecret('wrong')) },
      label: `alice at ${new URL(simulator.url).host}`,
      usefulPath: () => usefulPath,
      async foreignToken(of) {
        const username = accounts[of === 'same account' ? 0 : 1]
        const basic = Buffer.from(`${username}:${password}`).toString('base64')
        const { access_token: token } = await fetchMembers(`${simulator.url}${base}/token`, {
          headers: { authorization: `Basic ${basic}` },
        })
        return String(token)
      },
    }
  },
}))
