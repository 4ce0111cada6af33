import { afterEach, describe, expect, it } from 'vitest'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import {
  type GlowmarktOptions,
  type GlowmarktSimulator,
  startGlowmarktSimulator,
} from './glowmarkt-simulator.ts'

const password = markedSecret('glowmarkt')
const START = Date.UTC(2026, 0, 1) + 250
const WEEK_MS = 7 * 86_400_000

type Json = Readonly<Record<string, unknown>>

describe('the Glowmarkt simulator', () => {
  let simulator: GlowmarktSimulator
  afterEach(() => simulator.close())

  async function start(options: Partial<GlowmarktOptions> = {}): Promise<void> {
    simulator = await startGlowmarktSimulator({
      accounts: [
        { username: 'carol', password },
        { username: 'dora', password },
        { username: 'eric', password, notValid: true },
      ],
      onToken: registerSecret,
      // Its clock stands still unless a test advances it.
      now: () => START,
      ...options,
    })
  }

  async function ask(
    method: string,
    path: string,
    token?: string,
    body?: unknown,
    applicationId = 'any',
  ) {
    const answer = await fetch(`${simulator.apiUrl}${path}`, {
      method,
      headers: {
        ...(applicationId !== '' && { applicationId }),
        ...(token !== undefined && { token }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: await answer.json() }
  }

  const login = (username = 'carol', entered = password) =>
    ask('POST', '/auth', undefined, { username, password: entered })
  const tokenOf = async (username?: string) => String((await login(username)).body.token)
  const statusOf = async (token: string) => (await ask('GET', '/auth', token)).status
  const list = async (token: string): Promise<readonly Json[]> =>
    (await ask('GET', '/auth/token', token)).body

  it('issues JWTs with hash, iat and exp, and also returns exp, in seconds', async () => {
    await start()
    const { status, body } = await login()
    const claims: Json = JSON.parse(
      Buffer.from(body.token.split('.')[1], 'base64url').toString('utf8'),
    )
    const iat = Math.floor(START / 1000)
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(
      ['accountId', 'applicationId', 'exp', 'name', 'token', 'valid'].sort(),
    )
    expect(body).toMatchObject({ valid: true, exp: iat + WEEK_MS / 1000, applicationId: 'any' })
    expect(claims).toEqual({ hash: expect.any(String), iat, exp: body.exp })
  })

  it('accepts a token for seven days, or for the configured lifetime', async () => {
    await start()
    const token = await tokenOf()
    simulator.clock.advance(WEEK_MS - 1_000)
    expect(await statusOf(token)).toBe(200)
    simulator.clock.advance(1_000)
    expect(await statusOf(token)).toBe(400)
    await simulator.close()
    await start({ tokenLifetimeSeconds: 60 })
    expect((await login()).body.exp).toBe(Math.floor(START / 1000) + 60)
  })

  it('responds with 200 and valid: false for an invalid account', async () => {
    await start()
    expect(await login('eric')).toEqual({ status: 200, body: { valid: false } })
    expect(simulator.aliveTokens()).toEqual([])
  })

  it('refuses with 400 where other services respond with 401', async () => {
    await start()
    const members = async (answer: ReturnType<typeof ask>) => {
      const { status, body } = await answer
      return [status, ...Object.keys(body)]
    }
    const token = await tokenOf()
    expect(await members(login('carol', 'wrong'))).toEqual([401, 'error'])
    expect(await members(login('nobody'))).toEqual([401, 'error'])
    expect(await members(ask('POST', '/auth', undefined, {}))).toEqual([400, 'error'])
    expect(await members(ask('GET', '/auth'))).toEqual([400, 'error'])
    expect(await members(ask('GET', '/auth', token, undefined, ''))).toEqual([400, 'error'])
    expect(await members(ask('GET', '/virtualentity', 'nonsense'))).toEqual([401, 'error'])
    expect(await members(ask('DELETE', '/auth/deleteToken', 'nonsense'))).toEqual([401, 'error'])
    expect(await members(ask('GET', '/nothing', token))).toEqual([404, 'error', 'message'])
  })

  it('responds with 401 only to logins and log-outs, and refuses tokens elsewhere as configured', async () => {
    const calls = [
      ...[['GET', '/auth'] as const, ['GET', '/auth/newToken'] as const],
      ...[['GET', '/auth/token'] as const, ['DELETE', '/auth/token/some-id'] as const],
    ]
    const refusals = async () =>
      Promise.all(calls.map(([method, path]) => ask(method, path, 'nonsense')))
    const error = { status: 400, body: { error: expect.any(String) } }
    const notValid = { status: 400, body: { valid: false } }
    const ok = { status: 200, body: { valid: false } }
    await start()
    expect(await refusals()).toEqual([error, error, error, error])
    await simulator.close()
    await start({ refusedToken: 'not_valid' })
    expect(await refusals()).toEqual([notValid, notValid, notValid, notValid])
    await simulator.close()
    await start({ refusedToken: 'not_valid_ok' })
    expect(await refusals()).toEqual([ok, ok, notValid, notValid])
  })

  it('treats two slashes in a row as a different path', async () => {
    await start()
    expect((await ask('POST', '//auth', undefined, { username: 'carol', password })).status).toBe(
      404,
    )
  })

  it('adds a token with newToken and keeps the old one', async () => {
    await start()
    const token = await tokenOf()
    const { body } = await ask('GET', '/auth/newToken', token)
    expect(Object.keys(body)).toEqual(['valid', 'exp', 'token'])
    expect(simulator.aliveTokens()).toEqual([token, body.token])
    expect(simulator.counts.logins).toBe(1)
    await ask('DELETE', '/auth/deleteToken', token)
    expect(await statusOf(body.token)).toBe(200)
  })

  it('revokes the calling token once, and refuses a second time as configured', async () => {
    await start()
    const token = await tokenOf()
    const end = () => ask('DELETE', '/auth/deleteToken', token)
    expect(await end()).toEqual({ status: 200, body: { valid: true } })
    expect(await end()).toEqual({ status: 400, body: { valid: false } })
    expect(await statusOf(token)).toBe(400)
    expect(simulator.counts.logouts).toBe(1)
    await simulator.close()
    await start({ secondLogout: 'denied' })
    const other = await tokenOf()
    await ask('DELETE', '/auth/deleteToken', other)
    expect((await ask('DELETE', '/auth/deleteToken', other)).status).toBe(401)
  })

  it("lists only the user's own tokens, with their phone's, in RFC 3339 with milliseconds", async () => {
    await start()
    const phone = simulator.addPhone('carol')
    await tokenOf('dora')
    const items = await list(await tokenOf())
    expect(items).toHaveLength(2)
    expect(items[0]).toEqual({
      userId: items[1]?.['userId'],
      tokenId: phone.tokenId,
      createdAt: '2026-01-01T00:00:00.250Z',
      expiresAt: '2026-01-08T00:00:00.000Z',
      authenticationFramework: 'OAuth',
      grant_type: 'authorization_code',
    })
    expect(items[1]?.['authenticationFramework']).toBe('JWT')
    expect(items[1]?.['tokenId']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  it("revokes a token by its id, including the phone's, but none of another user", async () => {
    await start()
    const phone = simulator.addPhone('carol')
    const dora = await tokenOf('dora')
    const token = await tokenOf()
    const endById = (id: unknown) => ask('DELETE', `/auth/token/${id}`, token)
    expect(await endById(phone.tokenId)).toEqual({ status: 200, body: [{ valid: true }] })
    const unknown = { status: 400, body: { error: expect.any(String) } }
    expect(await endById(phone.tokenId)).toEqual(unknown)
    expect((await endById((await list(dora))[0]?.['tokenId'])).status).toBe(400)
    expect(simulator.aliveTokens()).toEqual([dora, token])
  })

  it('has no rate limit', async () => {
    await start()
    for (let count = 0; count < 30; count += 1) expect((await login()).status).toBe(200)
    expect(simulator.aliveTokens()).toHaveLength(30)
    expect(simulator.counts.logins).toBe(30)
  })
})
