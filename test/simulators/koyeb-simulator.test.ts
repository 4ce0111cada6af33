import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { type KoyebOptions, type KoyebSimulator, startKoyebSimulator } from './koyeb-simulator.ts'

const password = markedSecret('koyeb')
const personal = markedSecret('koyeb-api-token')
const organizations = [
  { id: randomUUID(), name: 'Acme' },
  { id: randomUUID(), name: 'Other' },
] as const
const [acme, other] = organizations
const START = Date.UTC(2026, 0, 1) + 250
const DAY_MS = 86_400_000

describe('the Koyeb simulator', () => {
  let simulator: KoyebSimulator
  afterEach(() => simulator.close())

  async function start(options: Partial<KoyebOptions> = {}): Promise<void> {
    simulator = await startKoyebSimulator({
      organizations,
      apiTokens: [
        { token: personal, organizationId: acme.id },
        { token: 'of-the-organization', organizationId: acme.id, type: 'organization' },
      ],
      accounts: [
        { email: 'gina@example.com', password, organizationId: acme.id },
        { email: 'hugo@example.com', password, organizationId: acme.id, method: 'WORKOS' },
      ],
      onToken: registerSecret,
      // Its clock stands still unless a test advances it.
      now: () => START,
      ...options,
    })
  }

  async function ask(method: string, path: string, token?: string, body?: unknown) {
    const answer = await fetch(`${simulator.url}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }

  const login = (more: object = {}) =>
    ask('POST', '/v1/account/login', undefined, { email: 'gina@example.com', password, ...more })
  const loginToken = async () => String((await login()).body.token.id)
  const mint = (body: unknown, token = personal, id: string = acme.id) =>
    ask('POST', `/v1/organizations/${id}/access_token`, token, body)
  const statusOf = async (token: string) => (await ask('GET', '/v1/apps', token)).status

  it('shows the organization of an API token, of a login and of an access token', async () => {
    await start()
    const made = [personal, 'of-the-organization', await loginToken()]
    for (const token of [...made, String((await mint({})).body.token)]) {
      const { status, body } = await ask('GET', '/v1/account/organization', token)
      expect([status, body.organization.id, body.organization.name]).toEqual([200, acme.id, 'Acme'])
    }
  })

  it('issues an access token for an hour by default, and for a day at most', async () => {
    await start()
    for (const [validity, lifeMs] of [
      [undefined, 3_600_000],
      ['900s', 900_000],
      ['1.5s', 1_500],
      ['86400s', DAY_MS],
    ] as const) {
      const { status, body } = await mint({ validity })
      expect([status, Object.keys(body)]).toEqual([200, ['token']])
      simulator.clock.advance(lifeMs - 1)
      expect(await statusOf(body.token)).toBe(200)
      simulator.clock.advance(1)
      expect(await statusOf(body.token)).toBe(401)
    }
    for (const validity of ['86401s', '0s', '900', 900, '15m', '']) {
      const { status, body } = await mint({ validity })
      expect([status, body.fields?.[0]?.field]).toEqual([400, 'validity'])
    }
    expect(simulator.aliveTokens()).toEqual([])
  })

  it('issues access tokens only to members of the organization, and not to its own tokens', async () => {
    await start()
    expect((await mint({}, 'of-the-organization')).status).toBe(403)
    expect((await mint({}, personal, other.id)).status).toBe(403)
    expect((await mint({}, personal, randomUUID())).status).toBe(404)
    expect((await mint({}, 'nonsense')).status).toBe(401)
    expect((await mint({}, await loginToken())).status).toBe(200)
  })

  it('distinguishes login tokens from access tokens', async () => {
    await start()
    const session = await loginToken()
    const { token } = (await mint({})).body
    expect(simulator.aliveTokens()).toEqual([session, token])
    expect([session, token, personal].map((each) => simulator.kindOf(each))).toEqual([
      'login',
      'access',
      undefined,
    ])
    expect(simulator.counts).toMatchObject({ logins: 2, logouts: 0 })
  })

  it('says which login an account has, and refuses accounts that were moved', async () => {
    await start()
    const method = async (email: string) =>
      (await ask('GET', `/v1/account/login_method?email=${encodeURIComponent(email)}`)).body
    expect(await method('gina@example.com')).toEqual({ method: 'KOYEB' })
    expect(await method('hugo@example.com')).toEqual({ method: 'WORKOS' })
    expect(await method('nobody@example.com')).toEqual({ method: 'KOYEB' })
    expect(await method('nobody')).toMatchObject({ status: 400, fields: [{ field: 'email' }] })
    expect((await login({ email: 'hugo@example.com' })).status).toBe(401)
  })

  it('states the expiry of a login token in the configured form', async () => {
    await start()
    const { token } = (await login()).body
    const exp = Math.floor((START + DAY_MS) / 1000)
    expect(Object.keys(token)).toEqual(['id', 'user_id', 'organization_id', 'expires_at'])
    expect(token.expires_at).toBe(new Date(exp * 1000).toISOString())
    const claims = JSON.parse(Buffer.from(token.id.split('.')[1], 'base64url').toString('utf8'))
    expect(claims.exp).toBe(exp)
    await simulator.close()
    await start({ endIn: 'expires', loginLifetimeSeconds: 60 })
    expect((await login()).body.token.expires).toBe('2026-01-01T00:01:00.000Z')
    await simulator.close()
    await start({ endIn: 'jwt' })
    expect(Object.keys((await login()).body.token)).not.toContain('expires_at')
  })

  it('refuses a wrong password, an unknown account and an invalid form', async () => {
    await start()
    expect((await login({ password: 'wrong' })).status).toBe(401)
    expect((await login({ email: 'nobody@example.com' })).status).toBe(401)
    expect((await login({ password: 7 })).body).toMatchObject({ fields: [{ field: 'password' }] })
    expect((await login({ organization_id: other.id })).status).toBe(400)
    await simulator.close()
    await start({ wrongPassword: 400 })
    const { status, body } = await login({ password: 'wrong' })
    expect([status, body.code, body.fields]).toEqual([400, 'authentication_error', undefined])
  })

  it('adds a token on refresh, and revokes the old one only if configured to', async () => {
    await start()
    const old = await loginToken()
    const { body } = await ask('PUT', '/v1/account/refresh', old)
    expect(simulator.aliveTokens()).toEqual([old, body.token.id])
    await simulator.close()
    await start({ refreshEndsOld: true })
    const replaced = await loginToken()
    const renewed = await ask('PUT', '/v1/account/refresh', replaced)
    expect(simulator.aliveTokens()).toEqual([renewed.body.token.id])
    expect((await ask('PUT', '/v1/account/refresh', replaced)).status).toBe(401)
  })

  it('revokes the token that logs out once, and refuses a second time as configured', async () => {
    await start()
    const logout = (token: string) => ask('DELETE', '/v1/account/logout', token)
    const token = await loginToken()
    expect(await logout(token)).toMatchObject({ status: 200, body: {} })
    expect((await logout(token)).status).toBe(401)
    expect(simulator.counts.logouts).toBe(1)
    const access = String((await mint({})).body.token)
    expect((await logout(access)).status).toBe(403)
    expect(await statusOf(access)).toBe(200)
    await simulator.close()
    await start({ secondLogout: 404 })
    const another = await loginToken()
    await logout(another)
    expect((await logout(another)).status).toBe(404)
    expect((await logout('nonsense')).status).toBe(401)
  })

  it('refuses a locked account everything, including log-out, and revokes none of its tokens', async () => {
    await start()
    const token = await loginToken()
    simulator.lock('gina@example.com')
    expect((await ask('DELETE', '/v1/account/logout', token)).status).toBe(403)
    expect((await ask('GET', '/v1/account/organization', token)).status).toBe(403)
    expect((await login()).status).toBe(403)
    expect(simulator.aliveTokens()).toEqual([token])
    simulator.unlock('gina@example.com')
    expect(await statusOf(token)).toBe(200)
  })

  it('has no old login once it is removed, and responds as its router does', async () => {
    for (const oldLoginGone of [403, 404, 410] as const) {
      await start({ oldLoginGone })
      const answers = [
        await ask('GET', '/v1/account/login_method?email=gina%40example.com'),
        await login(),
        await ask('PUT', '/v1/account/refresh', personal),
        await ask('DELETE', '/v1/account/logout', personal),
      ]
      const code = oldLoginGone === 404 ? 'number' : 'string'
      for (const { status, body } of answers) {
        expect([status, typeof body.code]).toEqual([oldLoginGone, code])
      }
      expect((await mint({})).status).toBe(200)
      await simulator.close()
    }
    await start()
  })

  it('limits the rate, says for how long in its own headers, and does not send JSON', async () => {
    await start({ rate: { requests: 1, windowMs: 5_000 } })
    const first = await ask('GET', '/v1/apps', personal)
    expect([first.status, first.headers.get('x-ratelimit-remaining')]).toEqual([200, '0'])
    simulator.clock.advance(1_500)
    const second = await ask('GET', '/v1/apps', personal)
    expect([second.status, second.body]).toEqual([429, undefined])
    expect(second.headers.get('x-ratelimit-limit')).toBe('1')
    expect(second.headers.get('x-ratelimit-reset')).toBe('4')
    expect(second.headers.get('retry-after')).toBeNull()
    simulator.clock.advance(3_500)
    expect(await statusOf(personal)).toBe(200)
  })

  it('issues tokens to other programs', async () => {
    await start()
    const access = simulator.giveToken({ organizationId: other.id })
    const session = simulator.giveToken({ email: 'gina@example.com' })
    expect(simulator.aliveTokens()).toEqual([access, session])
    expect([simulator.kindOf(access), simulator.kindOf(session)]).toEqual(['access', 'login'])
  })
})
