import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { checkForm } from '../../../main/providers/form.ts'
import type { HttpClient } from '../../../main/providers/http/http.ts'
import { koyeb } from '../../../main/providers/koyeb/koyeb.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { refusalOf, revealHeaders } from '../calling.ts'
import { EMAIL, foreignBodies, headerNames, type OpenKoyeb, openKoyeb, said } from './open-koyeb.ts'

const { login } = koyeb
const driver = koyeb.driver({ way: 'password' })

describe('the Koyeb driver, with the old login', () => {
  let service: OpenKoyeb
  beforeEach(async () => {
    service = await openKoyeb()
  })
  afterEach(() => service.close())

  async function reopen(options: Parameters<typeof openKoyeb>[0]): Promise<void> {
    await service.close()
    service = await openKoyeb(options)
  }

  const isLogin = ({ path }: { readonly path: string }) => path === '/v1/account/login'
  /** Sets the response to the login itself, which follows the request for the login method. */
  const nextLogin = (status: number, body?: unknown) =>
    service.simulator.faults.next(1, { kind: 'status', status, body }, isLogin)

  it('asks for the login method, then sends email and password as JSON and nothing more', async () => {
    await login(service.passwordForm(), service.context())
    const [question, sent, ...more] = service.simulator.requests
    if (!question || !sent) throw new Error('A request is missing.')
    expect(service.lines()).toEqual([
      'GET /v1/account/login_method?email=gina%2Bold%26x%3D1%40example.com',
      'POST /v1/account/login',
    ])
    expect([question.body, question.headers['content-type']]).toEqual(['', undefined])
    expect(sent.body).toBe(JSON.stringify({ email: EMAIL, password: service.password }))
    expect(sent.headers['content-type']).toBe('application/json')
    for (const each of [question, sent]) {
      expect(headerNames(each)).not.toContain('authorization')
      expect(headerNames(each)).not.toContain('seon-fp')
    }
    expect(more).toEqual([])
  })

  it('sends the fingerprint in this spelling, and the organization, only if they are set', async () => {
    const more = { fingerprint: ' fp;0a1b== ', organization: ` ${service.organizationId} ` }
    await login(service.passwordForm(more), service.context())
    const [question] = service.simulator.requests
    const sent = service.lastRequest()
    expect(headerNames(sent)).toContain('seon-fp')
    expect(sent.headers['seon-fp']).toBe('fp;0a1b==')
    expect(question && headerNames(question)).not.toContain('seon-fp')
    expect(JSON.parse(sent.body)).toEqual({
      email: EMAIL,
      password: service.password,
      organization_id: service.organizationId,
    })
  })

  it('refuses without a call a fingerprint or organization that cannot be sent', async () => {
    for (const more of [
      { fingerprint: 'a\r\nx-injected: yes' },
      { fingerprint: 'two words' },
      { fingerprint: 'x'.repeat(8193) },
      { organization: '../x' },
    ]) {
      await refusalOf(login(service.passwordForm(more), service.context()), 'invalid_request')
    }
    expect(service.simulator.requests).toHaveLength(0)
  })

  it('is named after the email address, and returns a token that tools send unchanged', async () => {
    const form = service.passwordForm({ email: ` ${EMAIL} ` })
    const { label, token, credential, learned, usedCode } = await login(form, service.context())
    if (!token) throw new Error('The login returned no token.')
    expect(label).toBe(`${EMAIL} at ${new URL(service.simulator.url).host}`)
    expect([learned, usedCode]).toEqual([undefined, false])
    expect(credential['password']?.reveal()).toBe(service.password)
    expect(token.tokenType).toBe('Bearer')
    expect(revealHeaders(token)).toEqual({ Authorization: `Bearer ${token.value.reveal()}` })
    expect(service.simulator.aliveTokens()).toEqual([token.value.reveal()])
    expect(service.simulator.kindOf(token.value.reveal())).toBe('login')
  })

  it("uses Koyeb's address and name by default", async () => {
    // Real calls, redirected to the simulator.
    const moved: HttpClient = {
      send: (call) =>
        service.http.send({
          ...call,
          url: call.url.replace('https://app.koyeb.com', service.simulator.url),
        }),
    }
    const { secrets } = service.passwordForm()
    const entered = checkForm(koyeb, { way: 'password', email: EMAIL }, secrets)
    const { label } = await login(entered, service.context(moved))
    expect(label).toBe(`${EMAIL} at Koyeb`)
  })

  it('logs in although the login method cannot be read without a token', async () => {
    await reopen({ loginMethodWantsToken: true })
    await service.signInByPassword()
    expect(service.lines().map((line) => line.split('?')[0])).toEqual([
      ...['GET /v1/account/login_method', 'POST /v1/account/login'],
    ])
    expect(service.simulator.aliveTokens()).toHaveLength(1)
  })

  it('has no fields of the other auth method in its form', () => {
    const { secrets } = service.passwordForm()
    const values = { way: 'password', email: EMAIL }
    const token = new Secret(markedSecret('koyeb'))
    expect(() => checkForm(koyeb, values, { ...secrets, token })).toThrow('no field "token"')
    expect(() => checkForm(koyeb, { email: EMAIL }, { token })).toThrow('no field "email"')
    expect(() => checkForm(koyeb, { way: 'password' }, secrets)).toThrow('"Email" is required')
  })

  it('shares the one token, which can be refreshed and revoked', () => {
    expect(driver.leaseKinds).toEqual(['shared'])
    expect(driver.mintsFrom).toBe('credential')
    expect(driver).not.toHaveProperty('mint')
  })

  it('reads the expiry of a token from expires_at, else from expires, else from the JWT', async () => {
    const end = service.clock.now() + 86_400_000
    for (const endIn of ['expires_at', 'expires', 'jwt'] as const) {
      await reopen({ endIn })
      service.simulator.clock.advance(7_200_000)
      expect((await service.signInByPassword()).token.expiresAt).toBe(end)
    }
    const parts = (await service.signInByPassword()).token.value.reveal()
    nextLogin(200, {
      token: { id: parts, expires: '2026-02-01T00:00:00Z', expires_at: '2026-03-01T00:00:00Z' },
    })
    const both = await service.signInByPassword()
    expect(both.token.expiresAt).toBe(Date.UTC(2026, 2, 1) - 7_200_000)
  })

  it('reads times with nanoseconds, and ignores empty ones', async () => {
    nextLogin(200, { token: { id: 'abc', expires: '2026-03-01T00:00:00Z' } })
    expect((await service.signInByPassword()).token.expiresAt).toBe(Date.UTC(2026, 2, 1))
    nextLogin(200, { token: { id: 'abc', expires_at: '2026-03-01T00:00:00.123456789Z' } })
    const { token } = await service.signInByPassword()
    expect(token.expiresAt).toBe(Date.UTC(2026, 2, 1) + 123)
    const claims = Buffer.from(JSON.stringify({ exp: 4_000_000_000 })).toString('base64url')
    nextLogin(200, { token: { id: `x.${claims}.x`, expires_at: null, expires: null } })
    expect((await service.signInByPassword()).token.expiresAt).toBe(4_000_000_000_000)
  })

  it('revokes a token at once if its expiry is unreadable or past', async () => {
    const { value } = (await service.signInByPassword()).token
    for (const expires_at of ['soon', 1_900_000_000, '2025-12-31T23:59:59Z']) {
      nextLogin(200, { token: { id: 'abc', expires_at } })
      await refusalOf(login(service.passwordForm(), service.context()), 'unexpected_answer')
      expect(service.lines().at(-1)).toBe('DELETE /v1/account/logout')
      expect(service.lastRequest().headers['authorization']).toBe('Bearer abc')
    }
    nextLogin(200, { token: { id: value.reveal(), expires_at: 'soon' } })
    await refusalOf(login(service.passwordForm(), service.context()), 'unexpected_answer')
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it('never sends the password for an account that was moved, and suggests an API token', async () => {
    const form = service.passwordForm({ email: 'hugo@example.com' })
    const error = await refusalOf(login(form, service.context()), 'not_supported')
    expect(error.message).toContain('moved')
    expect(error.hint).toContain('way=api_token')
    expect(service.simulator.requests).toHaveLength(1)
  })

  it('sends the password only once the service confirms the old login', async () => {
    for (const body of [{}, { method: null }, { method: 'PASSKEY' }, []]) {
      service.next(200, body)
      await refusalOf(login(service.passwordForm(), service.context()), 'unexpected_answer')
    }
    expect(service.lines().filter((line) => line.startsWith('POST'))).toEqual([])
  })

  it.each([403, 404, 410] as const)('reports that the old login is gone on %i', async (gone) => {
    await reopen({ oldLoginGone: gone })
    const error = await refusalOf(login(service.passwordForm(), service.context()), 'not_supported')
    expect(error.hint).toContain('way=api_token')
    expect(service.simulator.requests).toHaveLength(1)
    await reopen({})
    nextLogin(gone, said(gone))
    await refusalOf(login(service.passwordForm(), service.context()), 'not_supported')
  })

  it('believes that it is gone, or that a password is wrong, only from the service itself', async () => {
    for (const status of [400, 401, 403, 404, 405, 410]) {
      for (const body of foreignBodies) {
        service.next(status, body)
        await refusalOf(login(service.passwordForm(), service.context()), 'unexpected_answer')
        nextLogin(status, body)
        await refusalOf(login(service.passwordForm(), service.context()), 'unexpected_answer')
      }
    }
  })

  it.each([400, 401] as const)(
    'recognises a wrong password by status %i',
    async (wrongPassword) => {
      await reopen({ wrongPassword })
      const password = markedSecret('wrong')
      const form = { ...service.passwordForm(), secrets: { password: new Secret(password) } }
      const error = await refusalOf(login(form, service.context()), 'wrong_credentials', [password])
      expect(error.hint).toContain('password')
      expect(service.simulator.requests).toHaveLength(2)
    },
  )

  it('reports a locked account as locked, not that the old login is gone', async () => {
    service.simulator.lock(EMAIL)
    const attempt = login(service.passwordForm(), service.context())
    const error = await refusalOf(attempt, 'wrong_credentials', [service.password])
    expect(error.message).toContain('locked')
    expect(error.hint).not.toContain('API token')
  })

  it('takes any other 4xx of the login for wrong credentials, except temporary ones', async () => {
    for (const status of [409, 412, 422]) {
      nextLogin(status, said(status))
      await refusalOf(login(service.passwordForm(), service.context()), 'wrong_credentials')
    }
    for (const status of [408, 425]) {
      nextLogin(status, said(status))
      await refusalOf(login(service.passwordForm(), service.context()), 'unexpected_answer')
    }
    nextLogin(503, said(503))
    await refusalOf(login(service.passwordForm(), service.context()), 'temporarily_unavailable')
    nextLogin(429, said(429))
    await refusalOf(login(service.passwordForm(), service.context()), 'rate_limited')
  })

  it('blames the form, not the password, if the service names its fields', async () => {
    const wrong = { email: 'nobody' }
    await refusalOf(login(service.passwordForm(wrong), service.context()), 'invalid_request')
    const other = service.passwordForm({ organization: randomUUID() })
    const error = await refusalOf(login(other, service.context()), 'invalid_request')
    expect(error.hint).toContain('organization ID')
    nextLogin(400, { ...said(400), fields: [] })
    await refusalOf(login(service.passwordForm(), service.context()), 'wrong_credentials')
  })

  it('never shows the email address in the query, whatever goes wrong', async () => {
    const secrets = [EMAIL, encodeURIComponent(EMAIL), 'gina', service.password]
    for (const fault of [
      { kind: 'reset' },
      { kind: 'html' },
      { kind: 'malformed' },
      { kind: 'status', status: 500 },
      { kind: 'status', status: 404, body: said(404) },
      { kind: 'status', status: 302, headers: { location: '/v1/elsewhere?email=gina' } },
    ] as const) {
      service.simulator.faults.next(1, fault)
      const error: unknown = await login(service.passwordForm(), service.context()).catch(
        (reason: unknown) => reason,
      )
      if (!(error instanceof Error)) throw new Error('It did not reject.')
      const text = `${error.message} ${JSON.stringify(error)}`
      for (const secret of secrets) expect(text).not.toContain(secret)
    }
  })
})
