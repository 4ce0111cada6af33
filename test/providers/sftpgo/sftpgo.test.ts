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

  it('logs a user in by GET with Basic in UTF-8 and without a code header', async () => {
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

  it('appends the /api/v2 paths to a path in the address', async () => {
    const { values, secrets } = form('alice')
    const moved = { values: { ...values, url: `${simulator.url}/files` }, secrets }
    await refusalOf(sftpgo.login(moved, context()), 'unexpected_answer')
    expect(simulator.requests[0]?.path).toBe('/files/api/v2/user/token')
  })

  it('logs an administrator in and out and probes on separate routes', async () => {
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

  it('sends the token of a user as Bearer, as tools do', async () => {
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

  it('asks for the code too after a refusal, and never says which was wrong', async () => {
    await refusalOf(sftpgo.login(form('carol'), context()), 'otp_required')
    await refusalOf(sftpgo.login(form('nobody'), context()), 'otp_required')
    expect(simulator.requests).toHaveLength(2)
  })

  it('hints at the role, because the right password of the other role is refused', async () => {
    const asked = await refusalOf(sftpgo.login(form('root'), context()), 'otp_required')
    const final = await refusalOf(sftpgo.login(form('root', ''), context()), 'wrong_credentials')
    const host = new URL(simulator.url).host
    for (const { hint, message } of [asked, final]) {
      expect(hint).toContain('set "Log in as" to "Administrator" (role=admin)')
      expect(message).toContain(`${host} did not accept the`)
    }
  })

  it('takes a refusal as final once the user was asked for a code, even for an empty one', async () => {
    await refusalOf(sftpgo.login(form('carol', ''), context()), 'wrong_credentials')
    expect(simulator.requests[0]?.headers).not.toHaveProperty('x-sftpgo-otp')
    await refusalOf(sftpgo.login(form('carol', '000000'), context()), 'wrong_credentials')
  })

  it('sends the code without spaces and records that one was used', async () => {
    const code = simulator.codeFor('carol')
    const entered = `${code.slice(0, 3)} ${code.slice(3)}`
    const login = await sftpgo.login(form('carol', entered), context())
    expect(login.usedCode).toBe(true)
    expect(Object.keys(login.credential)).toEqual(['password'])
    expect(simulator.requests[0]?.headers['x-sftpgo-otp']).toBe(code)
  })

  it('does not count an empty code as used', async () => {
    expect((await sftpgo.login(form('alice', ''), context())).usedCode).toBe(false)
  })

  it('refuses a code without six digits before using up an attempt', async () => {
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

  it('hints at a disabled login method if the route does not exist', async () => {
    await startWith({ disabledLogins: ['user'] })
    const error = await refusalOf(sftpgo.login(form('alice'), context()), 'unexpected_answer')
    expect(error.hint).toMatch(/address.*turned off/)
  })

  it('waits as long as Retry-After says, an hour at most', async () => {
    const slow = (after: string) =>
      simulator.faults.next(1, { kind: 'status', status: 429, headers: { 'retry-after': after } })
    const retryAt = async () =>
      (await refusalOf(sftpgo.login(form('alice'), context()), 'rate_limited')).retryAt
    slow('7')
    const error = await refusalOf(sftpgo.login(form('alice'), context()), 'rate_limited')
    expect(error.message).toContain('is limiting requests')
    expect(error.retryAt).toBe(clock.now() + 7_000)
    slow('999999')
    expect(await retryAt()).toBe(clock.now() + 3_600_000)
    slow('soon')
    expect(await retryAt()).toBe(clock.now() + 60_000)
  })

  it('takes a refusal of a lease for wrong credentials, because no user can be asked for a code', async () => {
    const session = { values: form('carol').values, credential: form('carol').secrets }
    const minting = driver.mint?.(session, { leaseId: 'l', lifetimeSeconds: 900 }, context())
    await refusalOf(minting ?? Promise.resolve(), 'wrong_credentials')
  })

  it('reports a token as gone after a restart of the server', async () => {
    const { values } = form('alice')
    const restarted = await tokenOf(form('alice'))
    simulator.restart()
    expect(await driver.probe?.(restarted, values, context())).toBe('refused')
    expect(await driver.revoke?.(restarted, values, context())).toBe('already_gone')
  })

  it('does not report a token as gone that cannot be revoked from this address', async () => {
    const { values } = form('alice')
    const moved = await tokenOf(form('alice'))
    simulator.changeClientIp()
    expect(await driver.probe?.(moved, values, context())).toBe('refused')
    const revoked = driver.revoke?.(moved, values, context()) ?? Promise.resolve()
    const error = await refusalOf(revoked, 'not_supported')
    expect(error.message).toMatch(
      /only revokes a token from the network address it was issued to\.$/,
    )
    expect(error.retryAt).toBe(clock.now() + 60_000)
  })

  it('takes the token of a deleted user for refused, and can still revoke it', async () => {
    const token = await tokenOf(form('alice'))
    const { values } = form('alice')
    simulator.remove('alice')
    expect(await driver.probe?.(token, values, context())).toBe('refused')
    simulator.faults.next(1, { kind: 'html', status: 404 })
    const probe = driver.probe?.(token, values, context()) ?? Promise.resolve()
    await refusalOf(probe, 'unexpected_answer')
    expect(await driver.revoke?.(token, values, context())).toBe('revoked')
  })

  it('does not count a token as revoked if that is refused for now', async () => {
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

  it('refuses a token that has already expired, and hints at the clocks', async () => {
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

  it('revokes a token with an unreadable expiry', async () => {
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
