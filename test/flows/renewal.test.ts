import { afterEach, describe, expect, it } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import { basic, makeLoopback, type TestLoopback } from '../helpers/make-loopback.ts'
import { markedSecret } from '../helpers/marks.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

describe('an SFTPGo account over time', () => {
  let endpoint: TestLoopback

  afterEach(() => endpoint.close())

  const start = async (...options: Parameters<typeof makeLoopback>) => {
    endpoint = await makeLoopback(...options)
    await endpoint.newAccount()
    const tool = endpoint.addClient('tool', 'sftpgo/alice')
    return async (form: Readonly<Record<string, string>> = {}) => {
      const { status, body } = await endpoint.form(
        '/oauth/token',
        { grant_type: 'client_credentials', audience: 'sftpgo/alice', ...form },
        { headers: basic(tool) },
      )
      return { status, body: body as Record<string, never> }
    }
  }
  /** Advances time in steps so that real sockets are served in between: a jump would cut off a login. */
  const pass = async (minutes: number) => {
    for (let step = 0; step < minutes * 6; step += 1) {
      await endpoint.clock.advance(10 * SECOND)
      await endpoint.manage('GET', '/v1/status')
    }
  }
  const isAccepted = (token: string) => endpoint.sftpgo.aliveTokens().includes(token)

  it('logs in once when a tool reports that a restarted server refuses the token', async () => {
    const ask = await start()
    const before = await ask()
    endpoint.sftpgo.restart()
    expect(isAccepted(before.body['access_token'] ?? '')).toBe(false)
    const logins = endpoint.sftpgo.counts.logins
    const form = { refused_lease: before.body['lease_id'] ?? '' }
    const answers = await Promise.all([ask(form), ask(form), ask(form)])
    expect(endpoint.sftpgo.counts.logins - logins).toBe(1)
    for (const { status, body } of answers) {
      expect(status).toBe(200)
      expect(isAccepted(body['access_token'] ?? '')).toBe(true)
    }
  })

  it("notices by itself, after the machine has slept, that the computer's address has changed", async () => {
    const ask = await start()
    const before = await ask()
    endpoint.sftpgo.changeClientIp()
    endpoint.clock.sleep(MINUTE)
    const logins = endpoint.sftpgo.counts.logins
    const after = await ask()
    expect(after.status).toBe(200)
    expect(after.body['access_token']).not.toBe(before.body['access_token'])
    expect(isAccepted(after.body['access_token'] ?? '')).toBe(true)
    expect(endpoint.sftpgo.counts.logins - logins).toBe(1)
  })

  it('does not log in for each request although tokens expire after one minute', async () => {
    const ask = await start({ sftpgo: { jwtLifetimeMinutes: 1 } })
    const logins = endpoint.sftpgo.counts.logins
    for (let second = 0; second < 600; second += 1) {
      const { status, body } = await ask()
      expect(status).toBe(200)
      expect(isAccepted(body['access_token'] ?? '')).toBe(true)
      // A minute is the most there is, and no caller asked for more.
      expect(Number(body['expires_in'])).toBeLessThanOrEqual(60)
      expect(body['min_validity_met']).toBe(true)
      await endpoint.clock.advance(SECOND)
    }
    // Never before half of the lifetime: at most two a minute.
    expect(endpoint.sftpgo.counts.logins - logins).toBeLessThanOrEqual(21)
  })

  it('logs in by itself before the token of a busy account expires, but not for an idle one', async () => {
    const ask = await start()
    const { sftpgo } = endpoint
    await ask()
    const logins = sftpgo.counts.logins
    await pass(15)
    expect(sftpgo.counts.logins - logins).toBe(0)
    await pass(4)
    expect(sftpgo.counts.logins - logins).toBe(1)
    await pass(30)
    expect(sftpgo.counts.logins - logins).toBe(1)
  })

  it('does not log in again for an account that needed a code, and reports it once', async () => {
    const totpSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    const password = markedSecret('carol')
    const told: string[] = []
    endpoint = await makeLoopback({
      sftpgo: { accounts: [{ username: 'carol', password, totpSecret }] },
      onLoginRequired: (account) => told.push(account),
    })
    const { broker, sftpgo, clock } = endpoint
    const provider = broker.providers.find(({ id }) => id === 'sftpgo')
    if (!provider) throw new Error('There is no SFTPGo.')
    const form = { provider, name: 'carol', values: { url: sftpgo.url, username: 'carol' } }
    const secrets = { password: new Secret(password) }
    await expect(broker.logins.add({ ...form, secrets })).rejects.toMatchObject({
      code: 'otp_required',
    })
    const oneTimeCode = new Secret(sftpgo.codeFor('carol'))
    await broker.logins.add({ ...form, secrets, oneTimeCode })
    const accounts = await endpoint.manage('GET', '/v1/accounts')
    expect(accounts.body['accounts']).toMatchObject([{ id: 'sftpgo/carol', needs_code: true }])

    const tool = endpoint.addClient('tool', 'sftpgo/carol')
    const ask = () =>
      endpoint.form(
        '/oauth/token',
        { grant_type: 'client_credentials', audience: 'sftpgo/carol' },
        { headers: basic(tool) },
      )
    expect((await ask()).status).toBe(200)
    const tries = sftpgo.requests.filter(({ path }) => path === '/api/v2/user/token').length
    await clock.advance(21 * MINUTE)
    expect((await ask()).body).toMatchObject({ error: 'login_required' })
    expect((await ask()).body).toMatchObject({ error: 'login_required' })
    expect(told).toEqual(['sftpgo/carol'])
    expect(sftpgo.requests.filter(({ path }) => path === '/api/v2/user/token')).toHaveLength(tries)
  })
})
