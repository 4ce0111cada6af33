import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { createHttpClient } from '../../../main/providers/http/client.ts'
import type { ClosableHttpClient } from '../../../main/providers/http/http.ts'
import type { AccessToken, LoginForm } from '../../../main/providers/provider.ts'
import { sftpgo } from '../../../main/providers/sftpgo/sftpgo.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import {
  type SftpgoOptions,
  type SftpgoSimulator,
  startSftpgoSimulator,
} from '../../simulators/sftpgo-simulator.ts'
import { makeContext, refusalOf } from '../calling.ts'

const TOTP_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

describe('the SFTPGo driver', () => {
  let clock: FakeClock
  let http: ClosableHttpClient
  let simulator: SftpgoSimulator
  const driver = sftpgo.driver({ role: 'user' })
  const password = `${markedSecret('sftpgo')}: pässwörd €`

  beforeEach(async () => {
    clock = new FakeClock()
    http = createHttpClient({ clock, env: {} })
    await startWith({})
  })
  afterEach(async () => {
    await http.close()
    await simulator.close()
  })

  async function startWith(options: Partial<SftpgoOptions>): Promise<void> {
    await simulator?.close()
    simulator = await startSftpgoSimulator({
      accounts: [
        { username: 'alice', password },
        { username: 'root', password, role: 'admin' },
        { username: 'carol', password, totpSecret: TOTP_SECRET },
      ],
      now: () => clock.now(),
      onToken: registerSecret,
      ...options,
    })
  }

  const context = () => makeContext(http, clock)

  function form(username: string, oneTimeCode?: string, role = 'user'): LoginForm {
    return {
      values: { url: simulator.url, role, username },
      secrets: { password: new Secret(password) },
      ...(oneTimeCode !== undefined && { oneTimeCode: new Secret(oneTimeCode) }),
    }
  }

  async function tokenOf(entered: LoginForm): Promise<AccessToken> {
    const { token } = await sftpgo.login(entered, context())
    if (!token) throw new Error('The login gave no token.')
    return token
  }

  it('logs a user in by GET with Basic over UTF-8 and without a code header', async () => {
    await refusalOf(sftpgo.login(form('ålice'), context()), 'otp_required')
    const [request] = simulator.requests
    expect(request?.method).toBe('GET')
    expect(request?.path).toBe('/api/v2/user/token')
    expect(request?.headers['authorization']).toBe(
      `Basic ${Buffer.from(`ålice:${password}`, 'utf8').toString('base64')}`,
    )
    expect(request?.headers).not.toHaveProperty('x-sftpgo-otp')
    expect(request?.body).toBe('')
  })

  it('keeps the /api/v2 paths behind a path of the address', async () => {
    const { values, secrets } = form('alice')
    const moved = { values: { ...values, url: `${simulator.url}/files` }, secrets }
    await refusalOf(sftpgo.login(moved, context()), 'unexpected_answer')
    expect(simulator.requests[0]?.path).toBe('/files/api/v2/user/token')
  })

  it('logs an administrator in, out and probes on routes of their own', async () => {
    const token = await tokenOf(form('root', undefined, 'admin'))
    const { values } = form('root', undefined, 'admin')
    expect(await driver.probe?.(token, values, context())).toBe('accepted')
    expect(await driver.revoke?.(token, values, context())).toBe('revoked')
    expect(simulator.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/v2/token',
      'GET /api/v2/version',
      'GET /api/v2/logout',
    ])
  })

  it('sends the token of a user as Bearer, which is what tools are told too', async () => {
    const token = await tokenOf(form('alice'))
    await driver.probe?.(token, form('alice').values, context())
    await driver.revoke?.(token, form('alice').values, context())
    const bearer = `Bearer ${token.value.reveal()}`
    expect(token.tokenType).toBe('Bearer')
    expect(token.headers['Authorization']?.reveal()).toBe(bearer)
    expect(
      simulator.requests.slice(1).map(({ path, headers }) => [path, headers['authorization']]),
    ).toEqual([
      ['/api/v2/user/profile', bearer],
      ['/api/v2/user/logout', bearer],
    ])
  })

  it('asks for the code as well after a first refusal, and never says which was wrong', async () => {
    await refusalOf(sftpgo.login(form('carol'), context()), 'otp_required')
    await refusalOf(sftpgo.login(form('nobody'), context()), 'otp_required')
    expect(simulator.requests).toHaveLength(2)
  })

  it('reminds of whom one signs in as, for the right password of another kind is a wrong one', async () => {
    const asked = await refusalOf(sftpgo.login(form('root'), context()), 'otp_required')
    const final = await refusalOf(sftpgo.login(form('root', ''), context()), 'wrong_credentials')
    const host = new URL(simulator.url).host
    for (const { hint, message } of [asked, final]) {
      expect(hint).toContain('set "Sign in as" to "Administrator" (role=admin)')
      expect(message).toContain(`${host} did not accept the`)
    }
  })

  it('takes a refusal as final once the person was asked, even for an empty code', async () => {
    await refusalOf(sftpgo.login(form('carol', ''), context()), 'wrong_credentials')
    expect(simulator.requests[0]?.headers).not.toHaveProperty('x-sftpgo-otp')
    await refusalOf(sftpgo.login(form('carol', '000000'), context()), 'wrong_credentials')
  })

  it('sends the code without its blanks and remembers that one was spent', async () => {
    const code = simulator.codeFor('carol')
    const entered = `${code.slice(0, 3)} ${code.slice(3)}`
    const login = await sftpgo.login(form('carol', entered), context())
    expect(login.usedCode).toBe(true)
    expect(Object.keys(login.credential)).toEqual(['password'])
    expect(simulator.requests[0]?.headers['x-sftpgo-otp']).toBe(code)
  })

  it('does not count an empty code as spent', async () => {
    expect((await sftpgo.login(form('alice', ''), context())).usedCode).toBe(false)
  })

  it('refuses a code that has not six digits without spending a try', async () => {
    for (const code of ['12345', '1234567', 'abcdef', 'RECOVERY-CODE']) {
      await refusalOf(sftpgo.login(form('carol', code), context()), 'invalid_request', [code])
    }
    expect(simulator.requests).toHaveLength(0)
  })

  it('refuses a user name with a colon or control characters without a call', async () => {
    for (const username of ['al:ice', 'al\nice', 'al\u0000ice', 'al\u0085ice']) {
      await refusalOf(sftpgo.login(form(username), context()), 'invalid_request')
    }
    expect(simulator.requests).toHaveLength(0)
  })

  it('hints at a disabled login method when the route is not there', async () => {
    await startWith({ disabledLogins: ['user'] })
    const error = await refusalOf(sftpgo.login(form('alice'), context()), 'unexpected_answer')
    expect(error.hint).toMatch(/address.*disabled/)
  })

  it('waits as long as Retry-After says, an hour at most', async () => {
    const slow = (after: string) =>
      simulator.faults.next(1, { kind: 'status', status: 429, headers: { 'retry-after': after } })
    const retryAt = async () =>
      (await refusalOf(sftpgo.login(form('alice'), context()), 'rate_limited')).retryAt
    slow('7')
    const error = await refusalOf(sftpgo.login(form('alice'), context()), 'rate_limited')
    expect(error.message).toContain('is limiting how often it may be called')
    expect(error.retryAt).toBe(clock.now() + 7_000)
    slow('999999')
    expect(await retryAt()).toBe(clock.now() + 3_600_000)
    slow('soon')
    expect(await retryAt()).toBe(clock.now() + 60_000)
  })

  it('takes a minted refusal for wrong credentials: there is nobody to ask for a code', async () => {
    const session = { values: form('carol').values, credential: form('carol').secrets }
    const minting = driver.mint?.(session, { leaseId: 'l', lifetimeSeconds: 900 }, context())
    await refusalOf(minting ?? Promise.resolve(), 'wrong_credentials')
  })

  it('finds a token gone after a restart of the server', async () => {
    const { values } = form('alice')
    const restarted = await tokenOf(form('alice'))
    simulator.restart()
    expect(await driver.probe?.(restarted, values, context())).toBe('refused')
    expect(await driver.revoke?.(restarted, values, context())).toBe('already_gone')
  })

  it('does not call a token gone that only cannot be ended from this address', async () => {
    const { values } = form('alice')
    const moved = await tokenOf(form('alice'))
    simulator.changeClientIp()
    expect(await driver.probe?.(moved, values, context())).toBe('refused')
    const revoked = driver.revoke?.(moved, values, context()) ?? Promise.resolve()
    const error = await refusalOf(revoked, 'not_supported')
    expect(error.message).toMatch(/only from the network address that it was made for\.$/)
    expect(error.retryAt).toBe(clock.now() + 60_000)
  })

  it('finds the token of a user that was deleted of no use, and can still end it', async () => {
    const token = await tokenOf(form('alice'))
    const { values } = form('alice')
    simulator.remove('alice')
    expect(await driver.probe?.(token, values, context())).toBe('refused')
    simulator.faults.next(1, { kind: 'html', status: 404 })
    const probe = driver.probe?.(token, values, context()) ?? Promise.resolve()
    await refusalOf(probe, 'unexpected_answer')
    expect(await driver.revoke?.(token, values, context())).toBe('revoked')
  })

  it('does not count a token as ended when the end is refused for now', async () => {
    const token = await tokenOf(form('alice'))
    const ending = () => driver.revoke?.(token, form('alice').values, context()) ?? Promise.reject()
    for (const [status, code] of [
      [403, 'rate_limited'],
      [404, 'unexpected_answer'],
      [429, 'rate_limited'],
      [502, 'temporarily_unavailable'],
    ] as const) {
      simulator.faults.next(1, { kind: 'status', status })
      await refusalOf(ending(), code)
    }
    expect(simulator.aliveTokens()).toHaveLength(1)
  })

  it('refuses a token that has ended already, and hints at the clocks', async () => {
    const body = { access_token: 'abc', expires_at: '2020-01-01T00:00:00Z' }
    simulator.faults.next(1, { kind: 'status', status: 200, body })
    const error = await refusalOf(sftpgo.login(form('alice'), context()), 'unexpected_answer')
    expect(error.hint).toContain('clock')
  })

  it('does not take the 401 of a gateway for an answer about token or password', async () => {
    const form = { values: { url: simulator.url, role: 'user', username: 'alice' } }
    const secrets = { password: new Secret(password) }
    const token = await tokenOf({ ...form, secrets })
    simulator.faults.next(3, { kind: 'html', status: 401 })
    const revoke = driver.revoke?.(token, form.values, context()) ?? Promise.resolve()
    await refusalOf(revoke, 'unexpected_answer')
    const probe = driver.probe?.(token, form.values, context()) ?? Promise.resolve()
    await refusalOf(probe, 'unexpected_answer')
    const login = sftpgo.login({ ...form, secrets }, context())
    await refusalOf(login, 'unexpected_answer')
    expect(simulator.aliveTokens()).toEqual([token.value.reveal()])
  })

  it('ends a token whose end it cannot read', async () => {
    const form = { values: { url: simulator.url, role: 'user', username: 'alice' } }
    const secrets = { password: new Secret(password) }
    const token = await tokenOf({ ...form, secrets })
    simulator.faults.next(1, {
      kind: 'status',
      status: 200,
      body: { access_token: token.value.reveal(), expires_at: 'soon' },
    })
    const login = sftpgo.login({ ...form, secrets }, context())
    await refusalOf(login, 'unexpected_answer')
    expect(simulator.aliveTokens()).toEqual([])
  })
})
