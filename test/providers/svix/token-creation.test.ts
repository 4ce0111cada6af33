import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ProviderSession } from '../../../main/providers/provider.ts'
import { visitPortal } from '../../simulators/svix-links.ts'
import { refusalOf, revealHeaders } from '../calling.ts'
import { type OpenSvix, openSvix } from './open-svix.ts'

const request = { leaseId: 'l7Qx', lifetimeSeconds: 7_200 }
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const MINT = 'POST /api/v1/auth/app-portal-access/app_1'

describe('the Svix driver, creating tokens', () => {
  let service: OpenSvix
  let session: ProviderSession
  beforeEach(async () => {
    service = await openSvix()
    session = await service.openSession()
  })
  afterEach(() => service.close())

  const mint = (changes: Partial<typeof request> = {}) =>
    service.driver(session.values).mint(session, { ...request, ...changes }, service.context())
  const portalLink = (values = session.values) =>
    service.driver(values).portalLink({ ...session, values }, request, service.context())
  const keyOfLast = () => service.lastRequest().headers['idempotency-key']

  it('asks with the key for a lifetime and the session id of the lease, to the byte', async () => {
    await mint()
    const { body, headers, rawHeaders } = service.lastRequest()
    expect(service.lines()).toEqual([MINT])
    expect(body).toBe('{"expiry":7200,"sessionId":"l7Qx"}')
    expect(headers['content-type']).toBe('application/json')
    expect(headers['authorization']).toBe(`Bearer ${service.key}`)
    expect(rawHeaders).toContain('idempotency-key')
    expect(keyOfLast()).toMatch(UUID)
  })

  it('uses a new idempotency key for each lease, so that each gets its own token', async () => {
    const one = await mint()
    const first = keyOfLast()
    const two = await mint({ leaseId: 'l8' })
    expect(keyOfLast()).not.toBe(first)
    expect(one.token.value.equals(two.token.value)).toBe(false)
    expect(service.simulator.aliveTokens()).toHaveLength(2)
  })

  it('asks for an hour at least and a week at most, in whole seconds', async () => {
    for (const [lifetimeSeconds, asked] of [
      ...[
        [900, 3_600],
        [3_600, 3_600],
      ],
      ...[
        [3_600.5, 3_601],
        [604_800, 604_800],
      ],
      [9_999_999, 604_800],
    ] as const) {
      const { token } = await mint({ lifetimeSeconds })
      expect(JSON.parse(service.lastRequest().body).expiry).toBe(asked)
      expect(token.expiresAt).toBe(service.clock.now() + asked * 1000)
    }
  })

  it('counts the lifetime of a token from before the request', async () => {
    const askedAt = service.clock.now()
    const release = service.simulator.gate.hold()
    const minting = mint()
    await service.simulator.gate.held(1)
    service.clock.jumpWall(30_000)
    release()
    expect((await minting).token.expiresAt).toBe(askedAt + 7_200_000)
  })

  it('gives tools a Bearer header, and drops the magic link', async () => {
    const { token, ...rest } = await mint()
    expect(token.tokenType).toBe('Bearer')
    expect(revealHeaders(token)).toEqual({ Authorization: `Bearer ${token.value.reveal()}` })
    expect(Object.keys(token)).toEqual(['value', 'tokenType', 'headers', 'expiresAt'])
    expect(rest).toEqual({})
  })

  it('creates a link that works once, and returns the token behind it', async () => {
    const { url, token } = await portalLink()
    expect(service.lines()).toEqual([MINT])
    expect(service.lastRequest().body).toBe('{"expiry":7200,"sessionId":"l7Qx"}')
    expect(token.expiresAt).toBe(service.clock.now() + 7_200_000)
    expect(service.simulator.sessionIdOf(token.value.reveal())).toBe('l7Qx')
    const visit = () => visitPortal(url.reveal())
    expect([await visit(), await visit()]).toEqual([200, 410])
    expect(JSON.stringify({ url })).toBe('{"url":"[secret]"}')
  })

  it('creates a link to another application instead of the account’s', async () => {
    expect(service.driver(session.values).portalField).toBe('application')
    await portalLink({ ...session.values, application: 'app_2' })
    expect(service.lines()).toEqual(['POST /api/v1/auth/app-portal-access/app_2'])
    const attempt = portalLink({ ...session.values, application: '..' })
    await refusalOf(attempt, 'invalid_request')
    expect(service.lines()).toHaveLength(1)
  })

  it('returns no link that a browser should not open', async () => {
    for (const url of [
      ...[undefined, '', 7, 'javascript:alert(1)', 'file:///etc/passwd', '/login'],
      ...['http://app.example.com/login#k', 'https://user:pw@app.svix.com/', 'https://a b/'],
    ]) {
      service.next({ kind: 'status', status: 200, body: { url, token: 'abc' } })
      await refusalOf(portalLink(), 'unexpected_answer', ['user:pw', 'app.example.com'])
    }
    const body = { url: 'https://app.svix.com/login#key=abc', token: 'abc' }
    service.next({ kind: 'status', status: 200, body })
    expect((await portalLink()).url.reveal()).toBe(body.url)
  })

  it('accepts a link as long as the service allows, and no longer one', async () => {
    await service.close()
    service = await openSvix({ linkLength: 65_536 })
    session = await service.openSession()
    const { url } = await portalLink()
    expect(url.reveal().length).toBeGreaterThan(65_000)
    expect(await visitPortal(url.reveal())).toBe(200)
    const tooLong = `https://app.svix.com/login#key=${'x'.repeat(65_536)}`
    service.next({ kind: 'altered', change: (body) => ({ ...body, url: tooLong }) })
    await refusalOf(portalLink(), 'unexpected_answer')
  })

  it('revokes the token of an unusable link, also at a server without session ids', async () => {
    for (const options of [{}, { generation: 'old' }, { sessions: false }] as const) {
      await service.close()
      service = await openSvix(options)
      session = await service.openSession(options.generation && { generation: 'old' })
      service.next({ kind: 'altered', change: (body) => ({ ...body, url: 'javascript:alert(1)' }) })
      const error = await refusalOf(portalLink(), 'unexpected_answer')
      expect(service.simulator.counts.logins).toBe(2)
      expect(service.simulator.aliveTokens()).toEqual([])
      expect(error.message).not.toContain('could not be revoked')
    }
  })

  it('says so if the token of a link could not be revoked', async () => {
    service.next({ kind: 'altered', change: (body) => ({ ...body, url: 'javascript:alert(1)' }) })
    service.next({ kind: 'status', status: 503 })
    const error = await refusalOf(portalLink(), 'unexpected_answer')
    expect(error.message).toContain('could not be revoked')
  })

  it('never shows key, token or link in an error', async () => {
    const body = { url: 'https://app.svix.com/login#key=s3cr3t', token: 's3cr3t and more' }
    service.next({ kind: 'status', status: 200, body })
    await refusalOf(portalLink(), 'unexpected_answer', [service.key, 's3cr3t'])
    service.next({ kind: 'status', status: 400, body: { code: 's3cr3t', detail: service.key } })
    await refusalOf(mint(), 'unexpected_answer', [service.key, 's3cr3t'])
  })

  it('makes no call for a session without a key', async () => {
    const attempt = service
      .driver(session.values)
      .mint({ ...session, credential: {} }, request, service.context())
    await refusalOf(attempt, 'wrong_credentials')
    expect(service.lines()).toEqual([])
  })

  it('probes a token with its own application, and believes only the service', async () => {
    const { token } = await mint()
    const { probe, revoke } = service.driver(session.values)
    const ask = () => probe(token, session.values, service.context())
    expect(await ask()).toBe('accepted')
    expect(service.lastRequest().headers['authorization']).toBe(`Bearer ${token.value.reveal()}`)
    expect(service.lines().at(-1)).toBe('GET /api/v1/app/app_1')
    await revoke(token, session.values, service.context())
    expect(await ask()).toBe('refused')
    for (const fault of [
      { kind: 'html', status: 401 },
      { kind: 'status', status: 401, body: {} },
      { kind: 'status', status: 200, body: {} },
    ] as const) {
      service.next(fault)
      await refusalOf(ask(), 'unexpected_answer')
    }
  })

  it('treats an unknown server like the hosted one, except for session ids', () => {
    const driver = service.driver({ application: 'app_1' })
    expect(driver.revokeLease).toThrow('lacks this member')
    expect([driver.leaseKinds, driver.mintsFrom, driver.caution]).toEqual([
      ...[['dedicated'], 'credential'],
      undefined,
    ])
    expect(driver.revokeAll.hits({ application: ' app_1 ' })).toBe(
      'every portal session of app_1, including those of customers',
    )
  })
})
