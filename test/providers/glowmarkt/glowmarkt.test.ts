import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkForm } from '../../../main/providers/form.ts'
import { glowmarkt } from '../../../main/providers/glowmarkt/glowmarkt.ts'
import type { HttpClient } from '../../../main/providers/http/http.ts'
import type { ProviderSession } from '../../../main/providers/provider.ts'
import { refusalOf, revealHeaders } from '../calling.ts'
import { login, type OpenGlowmarkt, openGlowmarkt, requireMembers } from './open-glowmarkt.ts'

const BRIGHT = 'b0f1b774-a586-4f72-9edd-27ead8aa7a8d'
const request = { leaseId: 'l1', lifetimeSeconds: 900 }
const { driver, mint, refresh, revoke, probe, listTokens, revokeById } = requireMembers()

describe('the Glowmarkt driver', () => {
  let service: OpenGlowmarkt
  beforeEach(async () => {
    service = await openGlowmarkt()
  })
  afterEach(() => service.close())

  async function reopen(options: Parameters<typeof openGlowmarkt>[0]): Promise<void> {
    await service.close()
    service = await openGlowmarkt(options)
  }

  it('logs in by POST with user name and password as JSON and no token', async () => {
    await login(service.form(), service.context())
    const { method, path, body, headers } = service.lastRequest()
    expect(`${method} ${path}`).toBe('POST /api/v0-1/auth')
    expect(JSON.parse(body)).toEqual({ username: 'carol@example.com', password: service.password })
    expect(headers['content-type']).toBe('application/json')
    expect(headers['applicationid']).toBe(BRIGHT)
    expect(headers).not.toHaveProperty('token')
  })

  it('calls each operation by its method and path, without a body', async () => {
    const session = await service.openSession()
    const lease = await mint(session, request, service.context())
    await refresh(session, service.context())
    const [first] = await listTokens(session, service.context())
    await probe(lease, session.values, service.context())
    await revoke(lease, session.values, service.context())
    await revokeById(first?.id ?? '', session, service.context())
    expect(service.lines()).toEqual([
      'POST /api/v0-1/auth',
      'GET /api/v0-1/auth/newToken',
      'GET /api/v0-1/auth/newToken',
      'GET /api/v0-1/auth/token',
      'GET /api/v0-1/auth',
      'DELETE /api/v0-1/auth/deleteToken',
      `DELETE /api/v0-1/auth/token/${first?.id}`,
    ])
    for (const { body, headers } of service.simulator.requests.slice(1)) {
      expect(body).toBe('')
      expect(headers).not.toHaveProperty('content-type')
    }
  })

  it('sends token and applicationId in this spelling, and never Authorization', async () => {
    const session = await service.openSession()
    const lease = await mint(session, request, service.context())
    await refresh(session, service.context())
    const [first] = await listTokens(session, service.context())
    await probe(lease, session.values, service.context())
    await revoke(lease, session.values, service.context())
    await revokeById(first?.id ?? '', session, service.context())
    const withToken = service.simulator.requests.slice(1)
    for (const { rawHeaders, headers } of withToken) {
      expect(rawHeaders).toEqual(expect.arrayContaining(['token', 'applicationId']))
      expect(headers['applicationid']).toBe(BRIGHT)
      expect(headers).not.toHaveProperty('authorization')
    }
    const [parent, child] = [session.token.value.reveal(), lease.value.reveal()]
    expect(withToken.map(({ headers }) => headers['token'])).toEqual([
      ...[parent, parent, parent],
      ...[child, child],
      parent,
    ])
  })

  it('gives tools the same two headers, with the right type', async () => {
    const { token } = await service.openSession()
    expect(token.tokenType).toBe('token')
    expect(revealHeaders(token)).toEqual({
      token: token.value.reveal(),
      applicationId: BRIGHT,
    })
  })

  it('makes no double slash from an address with trailing slashes', async () => {
    await login(
      service.form(undefined, { url: `${service.simulator.apiUrl}//` }),
      service.context(),
    )
    expect(service.lines()).toEqual(['POST /api/v0-1/auth'])
  })

  it('sends the directory that the user entered, and none otherwise', async () => {
    const body = () => JSON.parse(service.lastRequest().body) as Record<string, unknown>
    await service.openSession()
    expect(Object.keys(body())).toEqual(['username', 'password'])
    await login(service.form(undefined, { directoryId: 'dir-1' }), service.context())
    expect(body()).toMatchObject({ directoryId: 'dir-1' })
  })

  it('sends the application id of an organization, trimmed', async () => {
    const { token } = await login(
      service.form(undefined, { applicationId: ' 0a1b-of-ours ' }),
      service.context(),
    )
    expect(service.lastRequest().headers['applicationid']).toBe('0a1b-of-ours')
    expect(token.headers['applicationId']?.reveal()).toBe('0a1b-of-ours')
  })

  it('refuses an application id that is unsafe in a header without a call', async () => {
    for (const applicationId of ['', 'two words', 'ünicode', 'line\r\nx: y']) {
      const attempt = login(service.form(undefined, { applicationId }), service.context())
      await refusalOf(attempt, 'invalid_request')
    }
    expect(service.simulator.requests).toHaveLength(0)
  })

  it('uses the address and name of the Bright app by default', async () => {
    const urls: string[] = []
    // Real calls, redirected to the simulator.
    const moved: HttpClient = {
      send(call) {
        urls.push(call.url)
        return service.http.send({
          ...call,
          url: call.url.replace('https://api.glowmarkt.com', service.simulator.url),
        })
      },
    }
    const { secrets } = service.form()
    const entered = checkForm(glowmarkt, { username: 'carol@example.com' }, secrets)
    const { label, token } = await login(entered, service.context(moved))
    expect(urls).toEqual(['https://api.glowmarkt.com/api/v0-1/auth'])
    expect(label).toBe('carol@example.com at Bright')
    expect(token.headers['applicationId']?.reveal()).toBe(BRIGHT)
    const values = { ...entered.values, applicationId: '0a1b-of-ours' }
    const ours = await login({ ...entered, values }, service.context(moved))
    expect(ours.label).toBe('carol@example.com at api.glowmarkt.com')
  })

  it('passes the connection settings of the account on', async () => {
    const transports: unknown[] = []
    const seen: HttpClient = {
      send({ transport, ...call }) {
        transports.push(transport)
        return service.http.send(call)
      },
    }
    const more = { caFile: '/etc/ssl/private-ca.pem', allowPlainHttp: 'yes' }
    await login(service.form(undefined, more), service.context(seen))
    expect(transports).toEqual([{ caFile: '/etc/ssl/private-ca.pem', allowPlainHttp: true }])
  })

  it('creates a token for each lease by default, from the session', () => {
    expect(driver.leaseKinds).toEqual(['dedicated', 'shared'])
    expect(driver.mintsFrom).toBe('session')
  })

  it('takes exp for Unix seconds and the only source of the expiry', async () => {
    await reopen({ tokenLifetimeSeconds: 180 * 86_400 })
    const session = await service.openSession()
    const end = service.clock.now() + 180 * 86_400_000
    expect(session.token.expiresAt).toBe(end)
    service.clock.jumpWall(5_000)
    expect((await mint(session, request, service.context())).expiresAt).toBe(end + 5_000)
    for (const exp of [undefined, null, 'soon', 0, service.clock.now() + 60_000]) {
      service.next(200, { valid: true, exp, token: 'abc' })
      await refusalOf(mint(session, request, service.context()), 'unexpected_answer')
    }
  })

  it('refuses a token that has already expired, and hints at the clock', async () => {
    service.next(200, { valid: true, exp: 1_500_000_000, token: 'abc' })
    const error = await refusalOf(login(service.form(), service.context()), 'unexpected_answer')
    expect(error.hint).toContain('clock')
  })

  it('takes valid: false on 200 for a login that failed', async () => {
    const attempt = login(service.form('eric@example.com'), service.context())
    const error = await refusalOf(attempt, 'wrong_credentials', [service.password])
    expect(error.hint).toContain('reset the password')
  })

  it('takes valid: false with 200 for no token, even next to one, and for no log-out', async () => {
    const session = await service.openSession()
    const { values, token } = session
    const body = { valid: false, exp: 4_000_000_000, token: 'abc' }
    service.next(200, body)
    await refusalOf(mint(session, request, service.context()), 'wrong_credentials')
    service.next(200, body)
    await refusalOf(refresh(session, service.context()), 'wrong_credentials')
    service.next(200, body)
    await refusalOf(revoke(token, values, service.context()), 'unexpected_answer')
    service.next(200, body)
    expect(await probe(token, values, service.context())).toBe('refused')
  })

  it('requires the service to say that its response is valid', async () => {
    for (const valid of [undefined, null, 'true', 1]) {
      service.next(200, { valid, exp: 4_000_000_000, token: 'abc' })
      await refusalOf(login(service.form(), service.context()), 'unexpected_answer')
    }
  })

  it('reads a denial in each format, and 403 like 401', async () => {
    const envelopes = [
      { error: 'x' },
      { error: { code: 1 }, message: 'x' },
      { message: 'x' },
      { valid: false },
    ]
    for (const status of [401, 403]) {
      for (const body of envelopes) {
        service.next(status, body)
        const attempt = login(service.form(), service.context())
        const error = await refusalOf(attempt, 'wrong_credentials', [service.password])
        expect(error.hint).toContain('reset the password')
      }
      service.next(status, '<html>')
      await refusalOf(login(service.form(), service.context()), 'unexpected_answer')
      service.next(status)
      await refusalOf(login(service.form(), service.context()), 'unexpected_answer')
    }
  })

  it('blames a revoked token at every call that uses it', async () => {
    const session = await service.openSession()
    await revoke(session.token, session.values, service.context())
    for (const call of [
      () => mint(session, request, service.context()),
      () => refresh(session, service.context()),
      () => listTokens(session, service.context()),
      () => revokeById('8c1f6a52-0000-4000-8000-000000000000', session, service.context()),
    ]) {
      const error = await refusalOf(call(), 'wrong_credentials')
      expect(error.message).toContain('this token')
    }
    // A token that was not revoked by its id is looked up in the list.
    expect(service.simulator.requests).toHaveLength(7)
  })

  it.each(['error', 'not_valid', 'not_valid_ok'] as const)(
    'recognises a refused token by "%s", and what that means for a new one',
    async (refusedToken) => {
      await reopen({ refusedToken })
      const session = await service.openSession()
      const { token, values } = session
      await revoke(token, values, service.context())
      for (const call of [
        () => mint(session, request, service.context()),
        () => refresh(session, service.context()),
        () => listTokens(session, service.context()),
        () => revokeById('8c1f6a52-0000-4000-8000-000000000000', session, service.context()),
      ]) {
        const { ofNewToken } = await refusalOf(call(), 'wrong_credentials')
        expect(ofNewToken?.code).toBe('unexpected_answer')
        expect(ofNewToken?.message).toContain('even with a new token')
        expect(ofNewToken?.hint).toContain('application ID')
      }
      expect(await probe(token, values, service.context())).toBe('refused')
    },
  )

  it('makes no call for a session without a token', async () => {
    const { values, secrets } = service.form()
    const session: ProviderSession = { values, credential: secrets }
    await refusalOf(mint(session, request, service.context()), 'wrong_credentials')
    await refusalOf(refresh(session, service.context()), 'wrong_credentials')
    await refusalOf(listTokens(session, service.context()), 'wrong_credentials')
    expect(service.simulator.requests).toHaveLength(0)
  })

  it('takes a 400 for an error in the request if no token was sent or refused', async () => {
    const session = await service.openSession()
    const { values, token } = session
    for (const body of [{ error: 'missing elements' }, { message: 'x' }, { valid: true }]) {
      for (const call of [
        () => login(service.form(), service.context()),
        () => revoke(token, values, service.context()),
      ]) {
        service.next(400, body)
        const error = await refusalOf(call(), 'unexpected_answer')
        expect(error.hint).toContain('application ID')
      }
    }
    expect(service.simulator.aliveTokens()).toHaveLength(1)
  })

  it('does not take a page with status 400 for a statement about a token', async () => {
    const session = await service.openSession()
    for (const fault of [
      { kind: 'html', status: 400 },
      { kind: 'status', status: 400 },
      { kind: 'status', status: 400, body: {} },
      { kind: 'status', status: 400, body: { valid: true } },
    ] as const) {
      for (const call of [
        () => mint(session, request, service.context()),
        () => listTokens(session, service.context()),
        () => probe(session.token, session.values, service.context()),
      ]) {
        service.simulator.faults.next(1, fault)
        await refusalOf(call(), 'unexpected_answer')
      }
    }
  })

  it('takes a 400 with valid: false for a refusal', async () => {
    const { token, ...session } = await service.openSession()
    const refuse = () => service.next(400, { valid: false })
    refuse()
    const attempt = login(service.form(), service.context())
    expect((await refusalOf(attempt, 'wrong_credentials')).hint).toContain('reset the password')
    refuse()
    await refusalOf(mint({ ...session, token }, request, service.context()), 'wrong_credentials')
    refuse()
    expect(await probe(token, session.values, service.context())).toBe('refused')
  })

  it('waits five minutes on a 429 that does not say how long', async () => {
    service.next(429)
    const error = await refusalOf(login(service.form(), service.context()), 'rate_limited')
    expect(error.retryAt).toBe(service.clock.now() + 300_000)
  })

  it('hints at the address if the route does not exist', async () => {
    const attempt = login(
      service.form(undefined, { url: service.simulator.url }),
      service.context(),
    )
    const error = await refusalOf(attempt, 'unexpected_answer')
    expect(error.hint).toContain('/api/v0-1')
  })
})
