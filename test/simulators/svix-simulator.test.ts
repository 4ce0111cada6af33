import { afterEach, describe, expect, it } from 'vitest'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { visitPortal } from './svix-links.ts'
import { type SvixOptions, type SvixSimulator, startSvixSimulator } from './svix-simulator.ts'

const START = Date.UTC(2026, 0, 1)
const WEEK_MS = 604_800_000
const MINT = '/auth/app-portal-access/app_1'
const ACME = `app_${'1'.repeat(27)}`
const ORG_2 = `org_${'2'.repeat(27)}`
const EXPIRE = '/auth/app/app_1/expire-all'

interface Sent {
  readonly token?: string | undefined
  readonly body?: unknown
  readonly idempotencyKey?: string
}

describe('the Svix simulator', () => {
  let simulator: SvixSimulator
  let key: string
  afterEach(() => simulator.close())

  async function start(options: Partial<SvixOptions> = {}): Promise<void> {
    simulator = await startSvixSimulator({
      environments: [
        {
          key: markedSecret('svix'),
          applications: [
            { id: ACME, uid: 'app_1', name: 'Acme' },
            { uid: 'app_2', name: 'Bolt' },
          ],
        },
        { key: markedSecret('svix'), organization: ORG_2, applications: [] },
      ],
      onToken: registerSecret,
      now: () => START,
      ...options,
    })
    key = simulator.keyOf()
    registerSecret(key)
  }

  async function ask(method: string, path: string, { token, body, idempotencyKey }: Sent = {}) {
    const answer = await fetch(`${simulator.url}/api/v1${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, text, body: text === '' ? null : JSON.parse(text) }
  }

  const mint = (body: unknown = {}, more: Sent = {}) =>
    ask('POST', MINT, { token: key, body, ...more })
  const tokenOf = async (body?: unknown) => String((await mint(body)).body.token)
  const expire = (body: unknown, more: Sent = {}) =>
    ask('POST', EXPIRE, { token: key, body, ...more })
  const show = async (token?: string, id = 'app_1') =>
    (await ask('GET', `/app/${id}`, { token })).status
  const statusOf = async (answer: ReturnType<typeof ask>) => (await answer).status

  it('issues an opaque token for the requested lifetime, a week by default', async () => {
    await start()
    const short = await mint({ expiry: 3_600, sessionId: 'l1' })
    const long = await tokenOf()
    expect(Object.keys(short.body)).toEqual(['url', 'token'])
    expect(simulator.sessionIdOf(short.body.token)).toBe('l1')
    simulator.clock.advance(3_599_000)
    expect(await show(short.body.token)).toBe(200)
    simulator.clock.advance(1_000)
    expect([await show(short.body.token), await show(long)]).toEqual([401, 200])
    simulator.clock.advance(WEEK_MS)
    expect(simulator.aliveTokens()).toEqual([])
    expect(simulator.counts.logins).toBe(2)
  })

  it('refuses out-of-range values with 422 and a list of details', async () => {
    await start()
    for (const body of [
      { expiry: 3_599 },
      { expiry: 604_801 },
      { expiry: 3_600.5 },
      { expiry: '3600' },
      { sessionId: '' },
      { sessionId: 'a b' },
      { sessionId: 'x'.repeat(65) },
    ]) {
      const answer = await mint(body)
      expect(answer.status).toBe(422)
      expect(answer.body.detail[0]).toMatchObject({ loc: ['body', Object.keys(body)[0]] })
    }
    expect(await statusOf(ask('POST', MINT, { token: key }))).toBe(422)
    expect(await statusOf(expire({ expiry: 259_201 }))).toBe(422)
    expect(await statusOf(expire({ expiry: 0, sessionIds: [7] }))).toBe(422)
    expect(simulator.aliveTokens()).toEqual([])
  })

  it('accepts id or uid, and checks which application a token is for', async () => {
    await start()
    const portal = await tokenOf()
    expect([await show(key), await show(key, ACME), await show(key, 'app_3')]).toEqual([
      ...[200, 200, 404],
    ])
    expect([await show(portal, ACME), await show(portal, 'app_2')]).toEqual([200, 404])
    expect([await show(), await show('nonsense')]).toEqual([401, 401])
    expect(await statusOf(mint({}, { token: portal }))).toBe(403)
    expect(await statusOf(expire({}, { token: portal }))).toBe(403)
    expect(await statusOf(ask('GET', '/app?limit=1', { token: portal }))).toBe(403)
    expect(await statusOf(ask('GET', '/app?limit=1', { token: key }))).toBe(200)
    expect(await show(simulator.keyOf(1))).toBe(404)
  })

  it('shows an application with its id and both timestamps', async () => {
    await start()
    const { body } = await ask('GET', '/app/app_1', { token: key })
    const at = new Date(START).toISOString()
    expect(body).toEqual({
      ...{ id: ACME, uid: 'app_1', name: 'Acme', metadata: {}, createdAt: at, updatedAt: at },
    })
    expect((await ask('GET', '/app/app_2', { token: key })).body.id).toMatch(
      /^app_[A-Za-z0-9]{27}$/,
    )
    const applications = [{ id: 'app_1', name: 'Acme' }]
    await expect(startSvixSimulator({ environments: [{ applications }] })).rejects.toThrow('app_1')
  })

  it('reports missing objects in JSON', async () => {
    await start()
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['GET', '/app/app_1/'],
      ['POST', '/auth/dashboard-access/app_1'],
    ] as const) {
      const { status, body } = await ask(method, path, { token: key })
      expect([status, body.code]).toEqual([404, 'not_found'])
    }
  })

  it('identifies the caller', async () => {
    await start()
    const token = await tokenOf({ sessionId: 'l1' })
    const { body } = await ask('GET', '/auth/whoami', { token })
    expect(body).toMatchObject({ appId: ACME, streamAppId: null, sessionId: 'l1' })
    expect((await ask('GET', '/auth/whoami', { token: key })).body.appId).toBeNull()
  })

  it('logs out a portal token once, but never a key', async () => {
    await start()
    const token = await tokenOf()
    const logOut = (who?: string) => ask('POST', '/auth/logout', { token: who })
    expect(await statusOf(logOut(key))).toBe(403)
    expect(await statusOf(logOut())).toBe(401)
    expect(await logOut(token)).toMatchObject({ status: 204, text: '' })
    expect(await statusOf(logOut(token))).toBe(401)
    expect(simulator.counts.logouts).toBe(1)
  })

  it('revokes the named sessions, or all of the application, at once or after a delay', async () => {
    await start()
    const one = await tokenOf({ sessionId: 'l1' })
    const two = await tokenOf({ sessionId: 'l2' })
    const customer = simulator.addCustomer(ACME)
    const other = simulator.addCustomer('app_2')
    await expire({ expiry: 0, sessionIds: ['l1', 'l9'] })
    expect([await show(one), await show(two), await show(customer)]).toEqual([401, 200, 200])
    await expire({ expiry: 60 })
    expect([await show(two), await show(customer)]).toEqual([200, 200])
    simulator.clock.advance(60_000)
    expect(simulator.aliveTokens()).toEqual([other])
  })

  it('keeps everything valid for days unless told to revoke at once', async () => {
    await start()
    const token = await tokenOf()
    await expire({})
    expect(await show(token)).toBe(200)
    simulator.clock.advance(259_200_000)
    expect(await show(token)).toBe(401)
  })

  it('repeats a success for twelve hours for the same key, caller and path, whatever the body', async () => {
    await start()
    const again = { idempotencyKey: 'k1' }
    const first = await mint({ sessionId: 'l1' }, again)
    await expire({ expiry: 0 }, again)
    const repeated = await mint({ sessionId: 'l2' }, again)
    expect(repeated.body).toEqual(first.body)
    expect(await show(repeated.body.token)).toBe(401)
    const fresh = await mint({ sessionId: 'l2' }, { idempotencyKey: 'k2' })
    expect(await statusOf(expire({ expiry: 0, sessionIds: ['l2'] }, again))).toBe(204)
    expect(await show(fresh.body.token)).toBe(200)
    expect(simulator.counts.logins).toBe(2)
    simulator.clock.advance(12 * 3_600_000)
    expect((await mint({ sessionId: 'l3' }, again)).body).not.toEqual(first.body)
  })

  it('does not store a failure', async () => {
    await start()
    const again = { idempotencyKey: 'k1' }
    expect(await statusOf(mint({ expiry: 1 }, again))).toBe(422)
    expect(await statusOf(mint({}, again))).toBe(200)
  })

  it('issues a magic link that works once, and only while its token is valid', async () => {
    await start()
    const visit = visitPortal
    const { url } = (await mint()).body
    expect([await visit(url), await visit(url)]).toEqual([200, 410])
    const other = (await mint({ sessionId: 'l1' })).body.url
    await expire({ expiry: 0, sessionIds: ['l1'] })
    expect(await visit(other)).toBe(401)
  })

  it('issues links with their key in the fragment, of the configured length', async () => {
    await start()
    expect((await mint()).body.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/login#key=[\w-]{64,}$/)
    await simulator.close()
    await start({ linkLength: 65_536 })
    const { url } = (await mint()).body
    expect(url.length).toBeGreaterThanOrEqual(65_536 - 4)
    expect(url.length).toBeLessThanOrEqual(65_536)
    expect(await visitPortal(url)).toBe(200)
  })

  it('throttles without Retry-After', async () => {
    await start({ rate: { requests: 2, windowMs: 1_000 } })
    const answers = [await show(key), await show(key), await show(key)]
    expect(answers).toEqual([200, 200, 429])
    const refused = await fetch(`${simulator.url}/api/v1/app`)
    expect(refused.headers.get('retry-after')).toBeNull()
    simulator.clock.advance(1_000)
    expect(await show(key)).toBe(200)
  })

  it('of the old generation requires trailing slashes, and supports neither expiry nor session ids', async () => {
    await start({ generation: 'old' })
    const old = (path: string, body?: unknown) => ask('POST', path, { token: key, body })
    expect(await statusOf(old('/auth/app-portal-access/app_1/', {}))).toBe(404)
    expect(await statusOf(old('/auth/dashboard-access/app_1'))).toBe(404)
    const { body } = await old('/auth/dashboard-access/app_1/', { sessionId: 'l1' })
    expect(simulator.sessionIdOf(body.token)).toBeUndefined()
    expect([await show(body.token, 'app_1/'), await show(body.token)]).toEqual([200, 404])
    simulator.addCustomer('app_1')
    await old('/auth/app/app_1/expire-all/', { expiry: 0, sessionIds: ['l1'] })
    expect(simulator.aliveTokens()).toEqual([])
  })

  it('of the old generation has no whoami, and can work without trailing slashes', async () => {
    await start({ generation: 'old', slashes: false })
    const mintOld = await ask('POST', '/auth/dashboard-access/app_1', { token: key })
    const { token } = mintOld.body
    expect([await show(token), await show(token, 'app_1/')]).toEqual([200, 404])
    expect(await statusOf(ask('GET', '/auth/whoami', { token }))).toBe(404)
    expect(await statusOf(mint({}))).toBe(404)
    expect(await statusOf(expire({ expiry: 0, sessionIds: [7] }))).toBe(204)
    expect(simulator.aliveTokens()).toEqual([])
  })

  it('without session ids ignores them everywhere', async () => {
    await start({ sessions: false })
    const token = await tokenOf({ expiry: 3_600, sessionId: 'l1' })
    expect(simulator.sessionIdOf(token)).toBeUndefined()
    const who = await ask('GET', '/auth/whoami', { token })
    expect([who.status, who.body.appId]).toEqual([200, ACME])
    expect(who.body).not.toHaveProperty('sessionId')
    simulator.addCustomer('app_1')
    expect(await statusOf(expire({ expiry: 0, sessionIds: ['l1'] }))).toBe(204)
    expect(simulator.aliveTokens()).toEqual([])
  })

  describe('of the open-source flavour', () => {
    const claimsOf = (token: string) =>
      JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))

    it('issues JWTs for four weeks, whatever is requested, and a key for ten years', async () => {
      await start({ flavour: 'oss' })
      const iat = START / 1000
      const { body } = await mint({ expiry: 3_600, sessionId: 'l1' })
      expect(claimsOf(body.token)).toMatchObject({ iat, exp: iat + 28 * 86_400, sub: ACME })
      expect(claimsOf(key).sub).toBe('org_23rb8YdGqMT0qIzpgGwdXfHirMu')
      expect(claimsOf(key).exp).toBe(iat + 10 * 365 * 86_400)
      expect(body.url).toBe('https://docs.svix.com/app-portal')
      const old = await ask('POST', '/auth/dashboard-access/app_1', { token: key })
      expect(old.body.token).toBe(body.token)
    })

    it('accepts a token fifteen minutes longer than it states', async () => {
      await start({ flavour: 'oss' })
      const token = await tokenOf()
      simulator.clock.advance(28 * 86_400_000 + 899_000)
      expect(await show(token)).toBe(200)
      simulator.clock.advance(1_000)
      expect([await show(token), simulator.aliveTokens()]).toEqual([401, []])
    })

    it('has no log-out, and no other way to revoke a token', async () => {
      await start({ flavour: 'oss' })
      const token = await tokenOf()
      for (const who of [undefined, token, key]) {
        const { status, body } = await ask('POST', '/auth/logout', { token: who })
        expect([status, body.code]).toEqual([501, 'not_implemented'])
      }
      expect(await expire({ expiry: 0 })).toMatchObject({ status: 404, text: '' })
      expect(await ask('GET', '/auth/whoami', { token })).toMatchObject({ status: 404, text: '' })
      expect(simulator.aliveTokens()).toEqual([token])
    })

    it('accepts a trailing slash', async () => {
      await start({ flavour: 'oss' })
      expect([await show(key), await show(key, 'app_1/')]).toEqual([200, 200])
      expect(await statusOf(ask('POST', `${MINT}/`, { token: key, body: {} }))).toBe(200)
      expect(await statusOf(ask('GET', '/app/?limit=1', { token: key }))).toBe(200)
    })

    it('lists the supported methods for an unsupported one, and nothing else', async () => {
      await start({ flavour: 'oss' })
      const answer = await fetch(`${simulator.url}/api/v1/auth/logout`)
      expect([answer.status, answer.headers.get('allow'), await answer.text()]).toEqual([
        ...[405, 'POST', ''],
      ])
    })

    it('issues the same token twice within a second, and for the same idempotency key', async () => {
      await start({ flavour: 'oss' })
      const one = await tokenOf()
      expect(await tokenOf()).toBe(one)
      simulator.clock.advance(1_000)
      const again = { idempotencyKey: 'k1' }
      const other = (await mint({}, again)).body.token
      expect(other).not.toBe(one)
      simulator.clock.advance(1_000)
      expect((await mint({}, again)).body.token).toBe(other)
      expect(simulator.aliveTokens()).toEqual([one, other])
    })

    it('knows only its own application, and says so in its message', async () => {
      await start({ flavour: 'oss' })
      const unknown = await ask('POST', '/auth/app-portal-access/app_3', { token: key, body: {} })
      expect([unknown.status, unknown.body]).toEqual([
        ...[404, { code: 'not_found', detail: 'Application not found' }],
      ])
    })

    it('distinguishes a key from a portal token when listing applications', async () => {
      await start({ flavour: 'oss' })
      const list = (token: string) => ask('GET', '/app?limit=1', { token })
      const { status, body } = await list(await tokenOf())
      expect([status, body.code]).toEqual([403, 'insufficient access'])
      const listed = await list(key)
      expect([listed.status, listed.body.data.length, listed.body.done]).toEqual([200, 1, false])
    })

    it('checks which application a token is for', async () => {
      await start({ flavour: 'oss' })
      const token = await tokenOf()
      expect([await show(token), await show(token, 'app_2')]).toEqual([200, 404])
      expect(await statusOf(mint({}, { token }))).toBe(403)
      expect(await show(simulator.keyOf(1))).toBe(404)
      expect(await show(`${token}x`)).toBe(401)
    })
  })
})
