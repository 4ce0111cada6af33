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
      // Its clock stands still but for what a test moves.
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

  it('answers wrong password, unknown account and missing code alike', async () => {
    await start()
    const answers = await Promise.all([
      login('alice', 'wrong'),
      login('nobody'),
      login('carol'),
      login('carol', password, '000000'),
      get('/api/v2/user/token'),
    ])
    const seen = await Promise.all(
      answers.map(async (answer) => [
        answer.status,
        answer.headers.get('www-authenticate'),
        await answer.text(),
      ]),
    )
    expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBe(1)
    expect(seen[0]?.[0]).toBe(401)
    expect(seen[0]?.[1]).toMatch(/^Basic realm=/)
  })

  it('signs what it claims, for a family and an address', async () => {
    await start({ signingPassphrase: passphrase })
    const token = await tokenOf(login('alice'))
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    const { aud, exp, iat, nbf, jti } = JSON.parse(payload)
    expect(aud).toEqual(['APIUser', '192.0.2.1'])
    expect([exp - iat, iat - nbf]).toEqual([1200, 10])
    expect(jti).toBeTruthy()
    expect(verifyJwt(token, Buffer.from('another key'))).toBeNull()
  })

  it('gives tokens for as long as it is set to, and 30 seconds of grace', async () => {
    await start({ jwtLifetimeMinutes: 1 })
    const token = await tokenOf(login('alice'))
    simulator.clock.advance(MINUTE + 25_000)
    expect(await profile(token)).toBe(200)
    expect(simulator.aliveTokens()).toEqual([token])
    simulator.clock.advance(10_000)
    expect(await profile(token)).toBe(401)
    expect(simulator.aliveTokens()).toEqual([])
  })

  it('takes a code once', async () => {
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

  it('refuses a token after logout, and the logout of a token after logout', async () => {
    await start()
    const token = await tokenOf(login('alice'))
    const logout = () => get('/api/v2/user/logout', { authorization: `Bearer ${token}` })
    expect((await logout()).status).toBe(200)
    expect((await logout()).status).toBe(401)
    expect(await profile(token)).toBe(401)
    expect(simulator.counts).toMatchObject({ logins: 1, logouts: 1 })
  })

  it('refuses a good token beside a cookie that was logged out', async () => {
    await start()
    const old = await tokenOf(login('alice'))
    const token = await tokenOf(login('alice'))
    await get('/api/v2/user/logout', { authorization: `Bearer ${old}` })
    expect(await profile(token, { cookie: `jwt=${old}` })).toBe(401)
    expect(await profile(token)).toBe(200)
  })

  it('forgets its key at a restart, or with a passphrase what was logged out', async () => {
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

  it('lets an account in that must change its password, and nowhere else', async () => {
    await start()
    const token = await tokenOf(login('dave'))
    expect(await profile(token)).toBe(403)
    const logout = await get('/api/v2/user/logout', { authorization: `Bearer ${token}` })
    expect(logout.status).toBe(200)
  })

  it('limits the rate and says for how long', async () => {
    await start({ rate: { requests: 1, windowMs: 5000 } })
    expect((await login('alice')).status).toBe(200)
    const answer = await login('alice')
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(answer.headers.get('x-retry-in')).toMatch(/^[\d.]+s$/)
    simulator.clock.advance(5000)
    expect((await login('alice')).status).toBe(200)
  })

  it('bans an address that has failed too often, for half an hour', async () => {
    await start({ defender: {} })
    for (let tries = 0; tries < 8; tries += 1) await login('nobody')
    expect((await login('alice')).status).toBe(403)
    simulator.clock.advance(30 * MINUTE)
    expect((await login('alice')).status).toBe(200)
  })

  it('serves only so many requests of one host at a time', async () => {
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

  it('knows nothing of a login method that is switched off', async () => {
    await start({ disabledLogins: ['admin'] })
    expect((await login('root', password, undefined, 'token')).status).toBe(404)
    expect((await login('alice')).status).toBe(200)
  })
})
