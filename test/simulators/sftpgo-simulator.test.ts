import { afterEach, describe, expect, it } from 'vitest'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { verifyJwt } from './jwt.ts'
import {
  type SftpgoOptions,
  type SftpgoSimulator,
  startSftpgoSimulator,
} from './sftpgo-simulator.ts'

const MINUTE = 60_000
const password = markedSecret('sftpgo')
const passphrase = markedSecret('passphrase')
const totpSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

describe('the SFTPGo simulator', () => {
  let simulator: SftpgoSimulator
  afterEach(() => simulator.close())

  async function start(options: Partial<SftpgoOptions> = {}): Promise<void> {
    simulator = await startSftpgoSimulator({
      accounts: [
        { username: 'alice', password },
        { username: 'root', password, role: 'admin' },
        { username: 'carol', password, totpSecret },
        { username: 'dave', password, mustChangePassword: true },
      ],
      onToken: registerSecret,
      // Its clock stands still unless a test advances it.
      now: () => Date.UTC(2026, 0, 1),
      ...options,
    })
  }

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${simulator.url}${path}`, { headers })

  function login(username: string, entered = password, code?: string, route = 'user/token') {
    const basic = Buffer.from(`${username}:${entered}`).toString('base64')
    return get(`/api/v2/${route}`, {
      authorization: `Basic ${basic}`,
      ...(code !== undefined && { 'x-sftpgo-otp': code }),
    })
  }

  async function tokenOf(answering: Promise<Response>): Promise<string> {
    const body: unknown = await (await answering).json()
    if (typeof body !== 'object' || body === null || !('access_token' in body)) {
      throw new Error('No token.')
    }
    return String(body.access_token)
  }

  const profile = async (token: string, more: Record<string, string> = {}) =>
    (await get('/api/v2/user/profile', { authorization: `Bearer ${token}`, ...more })).status

  const dirs = (token: string) => get('/api/v2/user/dirs', { authorization: `Bearer ${token}` })
  const claimsOf = (token: string): unknown =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

  it('signs its claims, for a route family and an address', async () => {
    await start({ signingPassphrase: passphrase })
    const token = await tokenOf(login('alice'))
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    const { aud, exp, iat, nbf, jti } = JSON.parse(payload)
    expect(aud).toEqual(['APIUser', '192.0.2.1'])
    expect([exp - iat, iat - nbf]).toEqual([1200, 10])
    expect(jti).toBeTruthy()
    expect(verifyJwt(token, Buffer.from('another key'))).toBeNull()
  })

  it('issues tokens for the configured lifetime, with 30 seconds of grace', async () => {
    await start({ jwtLifetimeMinutes: 1 })
    const token = await tokenOf(login('alice'))
    simulator.clock.advance(MINUTE + 25_000)
    expect(await profile(token)).toBe(200)
    expect(simulator.aliveTokens()).toEqual([token])
    simulator.clock.advance(10_000)
    expect(await profile(token)).toBe(401)
    expect(simulator.aliveTokens()).toEqual([])
  })

  it('accepts a code once', async () => {
    await start()
    const code = simulator.codeFor('carol')
    expect((await login('carol', password, code)).status).toBe(200)
    expect((await login('carol', password, code)).status).toBe(401)
    simulator.clock.advance(MINUTE)
    expect((await login('carol', password, simulator.codeFor('carol'))).status).toBe(200)
  })

  it('keeps users and administrators apart', async () => {
    await start()
    const token = await tokenOf(login('root', password, undefined, 'token'))
    expect(await profile(token)).toBe(401)
    const version = await get('/api/v2/version', { authorization: `Bearer ${token}` })
    expect(version.status).toBe(200)
    expect((await login('alice', password, undefined, 'token')).status).toBe(401)
  })

  it('refuses a token after its log-out, and a second log-out of it', async () => {
    await start()
    const token = await tokenOf(login('alice'))
    const logout = () => get('/api/v2/user/logout', { authorization: `Bearer ${token}` })
    expect((await logout()).status).toBe(200)
    expect((await logout()).status).toBe(401)
    expect(await profile(token)).toBe(401)
    expect(simulator.counts).toMatchObject({ logins: 1, logouts: 1 })
  })

  it('refuses a valid token next to a cookie that was logged out', async () => {
    await start()
    const old = await tokenOf(login('alice'))
    const token = await tokenOf(login('alice'))
    await get('/api/v2/user/logout', { authorization: `Bearer ${old}` })
    expect(await profile(token, { cookie: `jwt=${old}` })).toBe(401)
    expect(await profile(token)).toBe(200)
  })

  it('forgets its key on a restart, or with a passphrase its revocations', async () => {
    await start()
    const lost = await tokenOf(login('alice'))
    simulator.restart()
    expect(await profile(lost)).toBe(401)
    await simulator.close()
    await start({ signingPassphrase: passphrase })
    const risen = await tokenOf(login('alice'))
    await get('/api/v2/user/logout', { authorization: `Bearer ${risen}` })
    expect(simulator.aliveTokens()).toEqual([])
    simulator.restart()
    expect(await profile(risen)).toBe(200)
    expect(simulator.aliveTokens()).toEqual([risen])
  })

  it('refuses a token from another address', async () => {
    await start()
    const token = await tokenOf(login('alice'))
    simulator.changeClientIp()
    expect(await profile(token)).toBe(401)
    expect(await profile(await tokenOf(login('alice')))).toBe(200)
  })

  it.each([
    { name: 'dave', claims: { chpwd: true }, words: /^Password change required/ },
    {
      name: 'finn',
      claims: { '2fa_required': true, '2fa_protos': ['HTTP', 'SSH'] },
      words: /^Two-factor authentication requirements not met/,
    },
  ])('allows $name only a few routes, and says so in the token', async (row) => {
    await start({
      accounts: [
        { username: 'dave', password, mustChangePassword: true },
        { username: 'finn', password, mustEnrol: ['HTTP', 'SSH'] },
      ],
    })
    const token = await tokenOf(login(row.name))
    expect(claimsOf(token)).toMatchObject(row.claims)
    expect(await profile(token)).toBe(200)
    const refused = await dirs(token)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toEqual({ message: '', error: expect.stringMatching(row.words) })
    const logout = await get('/api/v2/user/logout', { authorization: `Bearer ${token}` })
    expect(logout.status).toBe(200)
  })

  it('allows an administrator with such a requirement to see its version and manage keys', async () => {
    await start({
      accounts: [{ username: 'root', password, role: 'admin', mustChangePassword: true }],
    })
    const token = await tokenOf(login('root', password, undefined, 'token'))
    const status = async (path: string) =>
      (await get(path, { authorization: `Bearer ${token}` })).status
    expect(await status('/api/v2/version')).toBe(200)
    expect(await status('/api/v2/apikeys')).toBe(200)
    expect(await status('/api/v2/users')).toBe(403)
  })

  it("puts an administrator's permissions into its token", async () => {
    await start()
    const old = await tokenOf(login('root', password, undefined, 'token'))
    const keys = async (token: string) =>
      (await get('/api/v2/apikeys', { authorization: `Bearer ${token}` })).status
    simulator.change('root', { permissions: ['view_users'] })
    expect(await keys(old)).toBe(200)
    expect(await keys(await tokenOf(login('root', password, undefined, 'token')))).toBe(403)
  })

  it('refuses logins of a disabled account, whose tokens stay valid', async () => {
    await start()
    const token = await tokenOf(login('alice'))
    for (const username of ['alice', 'root']) simulator.change(username, { disabled: true })
    expect((await login('alice')).status).toBe(401)
    expect((await login('root', password, undefined, 'token')).status).toBe(401)
    expect(await profile(token)).toBe(200)
  })

  it('responds with 404 to the token of a deleted account, and with 200 to its log-out', async () => {
    await start()
    const token = await tokenOf(login('alice'))
    simulator.remove('alice')
    expect(await profile(token)).toBe(404)
    expect((await dirs(token)).status).toBe(404)
    const logout = await get('/api/v2/user/logout', { authorization: `Bearer ${token}` })
    expect(logout.status).toBe(200)
  })

  it('limits the rate by a token bucket with a burst of one, and queues for half an interval', async () => {
    await start({ rate: { average: 1, periodMs: 5000 } })
    expect((await login('alice')).status).toBe(200)
    const answer = await get('/healthz')
    expect(answer.status).toBe(429)
    // Half a second more than needed, then rounded.
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(answer.headers.get('x-retry-in')).toBe('5.499999999s')
    simulator.clock.advance(2499)
    expect((await login('alice')).status).toBe(429)
    simulator.clock.advance(1)
    expect((await login('alice')).status).toBe(200)
    simulator.clock.advance(4999)
    expect((await login('alice')).status).toBe(429)
    simulator.changeClientIp()
    expect((await login('alice')).status).toBe(200)
  })

  it('bans an address at fifteen points, and extends the ban with each request from it', async () => {
    await start({ defender: {} })
    for (let tries = 0; tries < 14; tries += 1) await login('alice', 'wrong')
    expect(simulator.bannedForMs()).toBe(0)
    expect((await login('alice', 'wrong')).status).toBe(401)
    expect(simulator.bannedForMs()).toBe(30 * MINUTE)
    const refused = await login('alice')
    const words = { message: '', error: 'your IP address is blocked' }
    expect([refused.status, await refused.json()]).toEqual([403, words])
    expect(simulator.bannedForMs()).toBe(45 * MINUTE)
    expect((await get('/healthz')).status).toBe(403)
    expect(simulator.bannedForMs()).toBe(60 * MINUTE)
    simulator.clock.advance(60 * MINUTE)
    expect((await login('alice')).status).toBe(200)
  })

  it('delays responses to failures by a second, if its defender is configured to', async () => {
    // In real time.
    simulator = await startSftpgoSimulator({ accounts: [], defender: { delays: true } })
    const began = performance.now()
    expect((await login('alice', 'wrong')).status).toBe(401)
    expect(performance.now() - began).toBeGreaterThan(990)
  })

  it('counts an unknown user twice, and nothing older than half an hour', async () => {
    await start({ defender: { threshold: 4 } })
    await login('nobody')
    simulator.clock.advance(30 * MINUTE)
    await login('nobody')
    expect(simulator.bannedForMs()).toBe(0)
    await login('nobody')
    expect(simulator.bannedForMs()).toBe(30 * MINUTE)
  })

  it('limits the concurrent requests of one host', async () => {
    await start({ maxPerHostConnections: 1 })
    const release = simulator.gate.hold()
    const held = login('alice')
    await simulator.gate.held(1)
    const refused = login('alice')
    await simulator.gate.held(2)
    release()
    expect([(await held).status, (await refused).status]).toEqual([200, 403])
    expect(simulator.counts.peakLogins).toBe(2)
  })

  it('has pages for browsers', async () => {
    await start()
    const root = await fetch(`${simulator.url}/`, { redirect: 'manual' })
    expect([root.status, root.headers.get('location')]).toEqual([302, '/web/client/login'])
    const lost = await get('/web/nowhere')
    expect([lost.status, lost.headers.get('content-type')]).toEqual([
      404,
      'text/html; charset=utf-8',
    ])
  })
})
