import { afterEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import type { ProviderSession } from '../../../main/providers/provider.ts'
import { svix } from '../../../main/providers/svix/svix.ts'
import { visitPortal } from '../../simulators/svix-links.ts'
import { refusalOf } from '../calling.ts'
import { type OpenSvix, openSvix } from './open-svix.ts'

const request = { leaseId: 'l1', lifetimeSeconds: 900 }
const DAY_MS = 86_400_000
const OLD = 'POST /api/v1/auth/dashboard-access/app_1'
const CURRENT = 'POST /api/v1/auth/app-portal-access/app_1'

describe('the Svix driver', () => {
  let service: OpenSvix
  let session: ProviderSession
  afterEach(() => service.close())

  async function open(options: Parameters<typeof openSvix>[0], more = {}): Promise<void> {
    service = await openSvix(options)
    session = await service.openSession(more)
  }

  const driver = () => service.driver(session.values)
  const mint = () => driver().mint(session, request, service.context())

  it('finds out that a server wants trailing slashes, and stores it', async () => {
    await open({ generation: 'old' })
    expect(service.simulator.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/v1/app/app_1',
      'GET /api/v1/app/app_1/',
      'POST /api/v1/auth/logout/',
      `${CURRENT}/`,
      `${OLD}/`,
      'GET /api/v1/auth/whoami/',
      'POST /api/v1/auth/logout/',
    ])
    expect(session.values).toMatchObject({ flavour: 'hosted', slash: 'yes', generation: 'old' })
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it('finds the trailing slash of the revocation routes separately', async () => {
    service = await openSvix({ flavour: 'oss' })
    const isPlain = ({ path }: { readonly path: string }) => path.endsWith('/logout')
    const isSlashed = ({ path }: { readonly path: string }) => path.endsWith('/logout/')
    service.simulator.faults.next(1, { kind: 'status', status: 405 }, isPlain)
    const body = { code: 'not_implemented', detail: 'x' }
    service.simulator.faults.next(1, { kind: 'status', status: 501, body }, isSlashed)
    session = await service.openSession()
    expect(session.values).toMatchObject({ flavour: 'oss', slash: 'yes' })
  })

  it('creates a token of an old server with the second route, and stores which one it was', async () => {
    await open({ generation: 'old' }, { generation: 'current' })
    const { token, learned } = await mint()
    expect(service.lines()).toEqual([`${CURRENT}/`, `${OLD}/`])
    expect(learned).toEqual({ generation: 'old' })
    expect(token.expiresAt).toBe(service.clock.now() + 7 * DAY_MS)
    const { body, headers } = service.lastRequest()
    expect(body).toBe('')
    expect(headers).not.toHaveProperty('content-type')
    expect(headers['idempotency-key']).toBeDefined()
    session = { ...session, values: { ...session.values, ...learned } }
    expect(await mint()).not.toHaveProperty('learned')
    expect(service.lines().slice(2)).toEqual([`${OLD}/`])
  })

  it('uses the current route once an old server was updated', async () => {
    await open({}, { generation: 'old', sessions: 'no' })
    const { learned, token } = await mint()
    expect(service.lines()).toEqual([OLD, CURRENT])
    expect(learned).toEqual({ generation: 'current' })
    expect(token.expiresAt).toBe(service.clock.now() + 3_600_000)
  })

  it('takes 405 for a missing route too, with or without a body', async () => {
    await open({ flavour: 'oss' })
    for (const body of [undefined, { code: 'x', detail: 'x' }]) {
      service.next({ kind: 'status', status: 405, body })
      expect((await mint()).learned).toEqual({ generation: 'old' })
    }
    expect(service.lines()).toEqual([CURRENT, OLD, CURRENT, OLD])
  })

  it('takes an application that neither route finds for missing', async () => {
    for (const options of [{}, { flavour: 'oss' }, { generation: 'old' }] as const) {
      await service?.close()
      await open(options, { application: 'app_9' })
      const error = await refusalOf(mint(), 'invalid_request')
      expect(error.message).toContain('has no such application')
      expect(service.lines()).toHaveLength(2)
    }
  })

  it('does not take the page of a gateway for a missing route', async () => {
    await open({})
    service.next({ kind: 'html', status: 404 })
    await refusalOf(mint(), 'unexpected_answer')
    expect(service.lines()).toEqual([CURRENT])
  })

  it('revokes a token of an old server with itself, without naming a session', async () => {
    await open({ generation: 'old' })
    expect(driver().revokeLease).toThrow('lacks this member')
    const { token } = await mint()
    const customer = service.simulator.addCustomer('app_1')
    expect(await driver().revoke(token, session.values, service.context())).toBe('revoked')
    expect(service.lines().at(-1)).toBe('POST /api/v1/auth/logout/')
    expect(service.simulator.aliveTokens()).toEqual([customer])
    await driver().revokeAll.run(session, service.context())
    expect(service.lines().at(-1)).toBe('POST /api/v1/auth/app/app_1/expire-all/')
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it('creates links to an old server too', async () => {
    await open({ generation: 'old' }, { generation: 'old' })
    const { url, ...rest } = await driver().portalLink(session, request, service.context())
    expect(service.lines()).toEqual([`${OLD}/`])
    expect(await visitPortal(url.reveal())).toBe(200)
    expect(Object.keys(rest)).toEqual(['token'])
  })

  it('learns from a link too that the server has changed, and names no session to it', async () => {
    for (const make of ['mint', 'portalLink'] as const) {
      await service?.close()
      await open({ generation: 'old' }, { generation: 'current', sessions: 'yes' })
      const { learned } = await driver()[make](session, request, service.context())
      expect(service.lines()).toEqual([`${CURRENT}/`, `${OLD}/`])
      expect(learned).toEqual({ generation: 'old', sessions: 'no' })
      session = { ...session, values: { ...session.values, ...learned } }
      expect(driver().revokeLease).toThrow('lacks this member')
    }
  })

  describe('at an open-source server', () => {
    it('is recognised by its refusal to log out', async () => {
      await open({ flavour: 'oss' })
      expect(session.values).toMatchObject({ flavour: 'oss', slash: 'no' })
      expect(service.simulator.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
        'GET /api/v1/app/app_1',
        'POST /api/v1/auth/logout',
        'GET /api/v1/app?limit=1',
      ])
    })

    it('refuses the portal token of an application instead of a key, and says what it is', async () => {
      for (const options of [{ flavour: 'oss' }, { flavour: 'oss', generation: 'old' }] as const) {
        await service?.close()
        service = await openSvix(options)
        const portal = service.simulator.addCustomer('app_1')
        const { values } = service.form()
        const attempt = svix.login(
          { values, secrets: { key: new Secret(portal) } },
          service.context(),
        )
        const error = await refusalOf(attempt, 'wrong_credentials', [portal])
        expect(error.message).toContain('portal token of an application')
        expect(error.hint).toContain('svix-server jwt generate')
        expect(service.simulator.counts.logins).toBe(0)
      }
    })

    it('explains a key without permissions, so that the user can replace it', async () => {
      await open({ flavour: 'oss' })
      const portal = new Secret(service.simulator.addCustomer('app_1'))
      const held = { ...session, credential: { key: portal } }
      const attempt = driver().mint(held, request, service.context())
      const error = await refusalOf(attempt, 'wrong_credentials', [portal.reveal()])
      expect(error.hint).toContain('portal token of an application')
    })

    it('creates the same token twice within a second, and both are valid', async () => {
      await open({ flavour: 'oss' })
      const [one, two] = [await mint(), await mint()]
      expect(one.token.value.equals(two.token.value)).toBe(true)
      expect(one.token.expiresAt).toBe(two.token.expiresAt)
      expect(service.simulator.aliveTokens()).toEqual([one.token.value.reveal()])
    })

    it('creates tokens that expire as they say, whatever lifetime was requested', async () => {
      await open({ flavour: 'oss' })
      service.simulator.clock.advance(7_200_000)
      const { token } = await mint()
      expect(token.expiresAt).toBe(service.clock.now() + 28 * DAY_MS)
      expect(service.lines()).toEqual([CURRENT])
      expect(await driver().probe(token, session.values, service.context())).toBe('accepted')
    })

    it('knows for how long the server accepts a token after its expiry', async () => {
      await open({ flavour: 'oss' })
      const { token } = await mint()
      expect(token.takenAfterEndMs).toBeGreaterThan(0)
      const probe = () => driver().probe(token, session.values, service.context())
      service.simulator.clock.advance(28 * DAY_MS + Number(token.takenAfterEndMs) - 1_000)
      expect(await probe()).toBe('accepted')
      service.simulator.clock.advance(1_000)
      expect(await probe()).toBe('refused')
    })

    it('refuses a token that has already expired, or has no expiry', async () => {
      await open({ flavour: 'oss' })
      const jwt = (claims: object) =>
        `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.AAAA`
      for (const token of ['opaque', jwt({}), jwt({ exp: 1_500_000_000 })]) {
        service.next({ kind: 'status', status: 200, body: { url: 'https://x/', token } })
        await refusalOf(mint(), 'unexpected_answer')
      }
    })

    it('offers what it supports, and says that tokens cannot be revoked', async () => {
      await open({ flavour: 'oss' })
      expect(driver().leaseKinds).toEqual(['dedicated'])
      expect(driver().caution).toContain('28 days')
      for (const member of ['revoke', 'revokeLease', 'portalLink'] as const) {
        expect(driver()[member]).toThrow('lacks this member')
      }
      expect(() => driver().revokeAll.hits({})).toThrow('lacks this member')
    })

    it('works with the route and slash of old servers too', async () => {
      await open({ flavour: 'oss', generation: 'old' })
      expect(session.values).toMatchObject({ flavour: 'oss', slash: 'yes' })
      const { learned, token } = await mint()
      expect(learned).toEqual({ generation: 'old' })
      expect(token.expiresAt).toBe(service.clock.now() + 28 * DAY_MS)
      expect(service.lines()).toEqual([`${CURRENT}/`, `${OLD}/`])
    })
  })
})
