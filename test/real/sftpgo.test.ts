import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { markedSecret } from '../helpers/marks.ts'
import { describeWith } from '../helpers/needs.ts'
import { Authority, openssl } from '../providers/http/certificates.ts'
import { sftpgoAccounts } from './sftpgo-accounts.ts'
import { claimsOf, SftpgoCaller } from './sftpgo-caller.ts'
import { because, type Exchange, expectAnswer, SOME_WORDS } from './sftpgo-exchange.ts'
import { keyManagement, keyUse } from './sftpgo-keys.ts'
import { logins, logouts } from './sftpgo-logins.ts'
import { routes } from './sftpgo-routes.ts'
import { type SftpgoSetUp, sftpgoServers } from './sftpgo-servers.ts'

const MINUTE = 60_000

interface Action {
  readonly what: string
  readonly points: number
  run(): Promise<unknown>
}

describe.each(Object.entries(sftpgoServers))('%s', (_, start) => {
  const password = markedSecret('real')
  let caller: SftpgoCaller

  function startedWith(setUp: Partial<SftpgoSetUp> = {}): void {
    beforeAll(async () => {
      const server = await start({ accounts: sftpgoAccounts(password), ...setUp })
      caller = new SftpgoCaller(server, password)
    })
    afterAll(() => caller?.server.close())
  }

  function answers(exchanges: readonly Exchange[]): void {
    for (const { ask, ...wanted } of exchanges) {
      it(wanted.says, async () => expectAnswer(await ask(caller), wanted))
    }
  }

  describe('responds', () => {
    startedWith()
    describe('to a login:', () => answers(logins))
    describe('to a log-out:', () => answers(logouts))
    describe('on its routes:', () => answers(routes))
    describe('to managing API keys:', () => answers(keyManagement))
    describe('to an API key:', () => answers(keyUse))

    it.each([
      { name: 'alice', more: {} },
      { name: 'stale', more: { chpwd: true } },
      { name: 'unenrolled', more: { '2fa_required': true, '2fa_protos': ['SSH', 'HTTP'] } },
    ])('states in the token of $name what it allows', async ({ name, more }) => {
      const claims = claimsOf(await caller.bearerOf(name))
      const { iat, exp, nbf } = JSON.parse(JSON.stringify(claims))
      expect([exp - iat, iat - nbf]).toEqual([1_200, 10])
      expect(claims).toEqual({
        ...{ aud: ['APIUser', expect.stringMatching(/^[\d.]+$/)], exp, iat, nbf },
        ...{ jti: SOME_WORDS, sub: SOME_WORDS, username: name },
        ...more,
      })
    })

    it("states an administrator's permissions in its token", async () => {
      const claims = claimsOf(await caller.bearerOf('viewer', 'admin'))
      expect(claims).toMatchObject({ aud: ['API', SOME_WORDS], permissions: ['view_users'] })
    })
  })

  describe('with API keys disabled', () => {
    startedWith({ keysOff: true })
    answers([
      {
        says: 'still creates them, but ignores them',
        async ask({ makeKey, get }) {
          const { key } = await makeKey.call(caller)
          return get.call(caller, '/api/v2/user/dirs', { 'x-sftpgo-api-key': key })
        },
        status: 401,
        body: { message: 'Unauthorized', error: 'no token found' },
      },
    ])
  })

  describe('with user logins disabled', () => {
    startedWith({ accounts: [], disabledLogins: ['user'] })
    answers([
      {
        says: 'has no route for them',
        ask: () => caller.login('alice'),
        status: 404,
        body: { message: 'Not Found' },
      },
    ])
  })

  describe('with its defender enabled', () => {
    startedWith({ defender: {} })

    const fails = async (times: number) => {
      for (let time = 0; time < times; time += 1) {
        expect((await caller.login('alice', { password: 'wrong' })).status).toBe(401)
      }
    }
    it('bans an address at fifteen points, and adds half to the ban with each request', async () => {
      await fails(14)
      expect(await caller.server.bannedUntil()).toBe(0)
      await fails(1)
      const until = await caller.server.bannedUntil()
      expect(Math.abs(until - caller.server.now() - 30 * MINUTE)).toBeLessThan(MINUTE)
      const blocked = { status: 403, body: because('your IP address is blocked') }
      await expectAnswer(await caller.login('alice'), blocked)
      expect(await caller.server.bannedUntil()).toBe(until + 15 * MINUTE)
      await expectAnswer(await caller.get('/healthz'), blocked)
      expect(await caller.server.bannedUntil()).toBe(until + 30 * MINUTE)
      await caller.server.liftBan()
      expect((await caller.login('alice')).status).toBe(200)
    })
  })

  describe('with its defender enabled', () => {
    const threshold = 6
    startedWith({ defender: { threshold } })

    /** How many more wrong passwords cause a ban. */
    async function untilBanned(): Promise<number> {
      for (let left = 0; ; left += 1) {
        if ((await caller.server.bannedUntil()) > 0) return left
        await caller.login('alice', { password: 'wrong' })
      }
    }

    const key = async (record = {}) => (await caller.makeKey(record)).key
    const dirs = async (apiKey: string) => {
      await caller.get('/api/v2/user/dirs', { 'x-sftpgo-api-key': apiKey })
    }
    const actions: readonly Action[] = [
      { what: 'nothing', points: 0, run: async () => undefined },
      { what: 'a login', points: 0, run: () => caller.login('alice') },
      { what: 'no credentials', points: 0, run: () => caller.get('/api/v2/user/token') },
      { what: 'a wrong password', points: 1, run: () => caller.login('bob', { password: 'x' }) },
      {
        what: 'a blank password of a user',
        points: 0,
        run: () => caller.login('bob', { password: ' ' }),
      },
      {
        what: 'a blank password of an administrator',
        points: 1,
        run: () => caller.login('root', { role: 'admin' as const, password: ' ' }),
      },
      { what: 'an unknown user', points: 2, run: () => caller.login('nobody') },
      { what: 'a missing code', points: 1, run: () => caller.login('coded') },
      { what: 'a disabled user', points: 1, run: () => caller.login('off') },
      {
        what: 'an unknown administrator',
        points: 2,
        run: () => caller.login('nobody', { role: 'admin' as const }),
      },
      { what: 'a login that is refused with 403', points: 1, run: () => caller.login('nohttp') },
      { what: 'an unknown key', points: 2, run: () => dirs('nobody.secret') },
      { what: 'a key without a dot', points: 0, run: () => dirs('malformed') },
      {
        what: 'a wrong secret of a key',
        points: 1,
        run: async () => dirs(`${(await caller.makeKey()).id}.x`),
      },
      {
        what: 'an expired key',
        points: 1,
        run: async () => dirs(await key({ expires_at: 1 })),
      },
      {
        what: 'a key of the wrong scope',
        points: 1,
        run: async () => dirs(await key({ scope: 1, user: '', admin: 'root' })),
      },
      {
        what: 'a key that its user refuses',
        points: 2,
        run: async () => dirs(await key({ user: 'bob' })),
      },
      {
        what: 'a key that its administrator refuses',
        points: 1,
        run: async () => {
          const apiKey = await key({ scope: 1, user: '', admin: 'keyless' })
          await caller.get('/api/v2/version', { 'x-sftpgo-api-key': apiKey })
        },
      },
      {
        what: 'a key of an unknown user',
        points: 4,
        run: async () => dirs(`${await key({ user: '' })}.nobody`),
      },
      {
        what: 'a key without an account',
        points: 2,
        run: async () => dirs(await key({ user: '' })),
      },
      {
        what: 'an invalid token',
        points: 0,
        run: () => caller.get('/api/v2/version', { authorization: 'Bearer a.b.c' }),
      },
    ]
    for (const { what, points, run } of actions) {
      it(`counts ${points} for ${what}`, async () => {
        caller.server.moveAway()
        await run()
        expect(threshold - (await untilBanned())).toBe(points)
      })
    }
  })

  describe('with its rate limiter enabled', () => {
    startedWith({ accounts: [], rate: { average: 1, periodMs: 20_000 } })

    it('accepts one request, and says when it will accept the next', async () => {
      expect((await caller.get('/healthz')).status).toBe(200)
      const answer = await caller.get('/healthz')
      expect(answer.headers.get('x-retry-in')).toMatch(/^(19|20)\.\d+s$/)
      await expectAnswer(answer, {
        status: 429,
        headers: { 'retry-after': expect.stringMatching(/^(19|20)$/) },
        body: { message: 'Too Many Requests', error: SOME_WORDS },
      })
    })
  })

  describe('with a list of allowed host names', () => {
    startedWith({ accounts: [], allowedHosts: ['files.example.com'] })
    answers([
      {
        says: 'refuses another host name',
        ask: () => caller.login('alice'),
        status: 403,
        body: because('Forbidden'),
      },
    ])
  })

  describe('that redirects to https', () => {
    startedWith({ accounts: [], httpsRedirect: true })
    answers([
      {
        says: 'redirects callers',
        ask: () => caller.login('alice'),
        status: 307,
        headers: {
          'content-type': 'text/html; charset=utf-8',
          location: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+\/api\/v2\/user\/token$/),
        },
      },
    ])
  })
})

describeWith([openssl], 'over https', () => {
  for (const [name, start] of Object.entries(sftpgoServers)) {
    it(`${name} refuses plain http`, async () => {
      const tls = new Authority().issue('IP:127.0.0.1')
      const server = await start({ accounts: [], tls })
      try {
        const answer = await fetch(server.url.replace('https:', 'http:'))
        expect(answer.status).toBe(400)
        expect(await answer.text()).toBe('Client sent an HTTP request to an HTTPS server.\n')
      } finally {
        await server.close()
      }
    })
  }
})
