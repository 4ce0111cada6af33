import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkForm } from '../../../main/providers/form.ts'
import type { HttpClient } from '../../../main/providers/http/http.ts'
import { koyeb } from '../../../main/providers/koyeb/koyeb.ts'
import { refusalOf } from '../calling.ts'
import { foreignBodies, headerNames, type OpenKoyeb, openKoyeb, said } from './open-koyeb.ts'

const request = { leaseId: 'l1', lifetimeSeconds: 900 }
const { login } = koyeb
const { mint, probe } = koyeb.driver({ way: 'api_token' })
if (!mint || !probe) throw new Error('The driver lacks an operation that its service supports.')

describe('the Koyeb driver, by API token', () => {
  let service: OpenKoyeb
  beforeEach(async () => {
    service = await openKoyeb()
  })
  afterEach(() => service.close())

  async function reopen(options: Parameters<typeof openKoyeb>[0]): Promise<void> {
    await service.close()
    service = await openKoyeb(options)
  }

  it('reads the organization of the token', async () => {
    const { token, usedCode } = await login(service.tokenForm(), service.context())
    const [asked] = service.simulator.requests
    expect(service.lines()[0]).toBe('GET /v1/account/organization')
    expect(asked?.headers['authorization']).toBe(`Bearer ${service.apiToken}`)
    expect(asked && headerNames(asked)).toContain('authorization')
    expect([asked?.body, asked?.headers['content-type']]).toEqual(['', undefined])
    expect([token, usedCode]).toEqual([undefined, false])
  })

  it('is named after the organization, and stores its id', async () => {
    const { label, learned } = await login(service.tokenForm(), service.context())
    expect(label).toBe(`Acme at ${new URL(service.simulator.url).host}`)
    expect(learned).toEqual({ organizationId: service.organizationId })
  })

  it('trims the token', async () => {
    const form = service.tokenForm({}, ` ${service.apiToken}\r\n`)
    const { credential } = await login(form, service.context())
    expect(credential['token']?.reveal()).toBe(service.apiToken)
    expect(service.lastRequest().headers['authorization']).toBe(`Bearer ${service.apiToken}`)
  })

  it('refuses an invalid token without a call, and does not repeat it', async () => {
    for (const token of ['', ' ', 'Bearer x', 'tokén', 'a\r\nx-injected: yes', 'x'.repeat(8193)]) {
      const attempt = login(service.tokenForm({}, token), service.context())
      const secrets = token.trim() === '' ? [] : [token]
      expect((await refusalOf(attempt, 'invalid_request', secrets)).field).toBe('token')
    }
    expect(service.simulator.requests).toHaveLength(0)
  })

  it("uses Koyeb's address and name by default", async () => {
    const urls: string[] = []
    // Real calls, redirected to the simulator.
    const moved: HttpClient = {
      send(call) {
        urls.push(call.url)
        const url = call.url.replace('https://app.koyeb.com', service.simulator.url)
        return service.http.send({ ...call, url })
      },
    }
    const entered = checkForm(koyeb, {}, service.tokenForm().secrets)
    expect(entered.values['way']).toBe('api_token')
    const { label } = await login(entered, service.context(moved))
    expect(urls).toEqual([
      'https://app.koyeb.com/v1/account/organization',
      `https://app.koyeb.com/v1/organizations/${service.organizationId}/access_token`,
    ])
    expect(label).toBe('Acme at Koyeb')
  })

  it('makes no double slash from an address with trailing slashes', async () => {
    await login(service.tokenForm({ url: `${service.simulator.url}//` }), service.context())
    expect(service.lines().join()).not.toContain('//')
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
    await login(service.tokenForm(more), service.context(seen))
    const transport = { caFile: '/etc/ssl/private-ca.pem', allowPlainHttp: true }
    expect(transports).toEqual([transport, transport])
  })

  it('uses the organization of the form, and does not give it the name of another', async () => {
    const organization = service.secondId
    const host = new URL(service.simulator.url).host
    const named = service.tokenForm({ organization: ` ${organization} ` })
    const { label, learned } = await login(named, service.context())
    expect(label).toBe(`${organization} at ${host}`)
    expect(learned).toEqual({ organizationId: service.organizationId })
    const own = service.tokenForm({ organization: service.organizationId })
    expect((await login(own, service.context())).label).toBe(`Acme at ${host}`)
  })

  it('prefers the organization of the form to the stored one', async () => {
    const { values, credential } = await service.signInByToken()
    const organization = randomUUID()
    service.next(200, { token: 'abc' })
    await mint({ values: { ...values, organization }, credential }, request, service.context())
    expect(service.lastRequest().path).toBe(`/v1/organizations/${organization}/access_token`)
  })

  it('refuses an organization that would lead to another path without a call', async () => {
    const { values, credential } = await service.signInByToken()
    for (const id of ['..', 'a/b', 'a?b', '%2e%2e', 'my org', 'x'.repeat(65)]) {
      const form = service.tokenForm({ organization: id })
      await refusalOf(login(form, service.context()), 'invalid_request')
      for (const wrong of [{ organization: id }, { organizationId: id }]) {
        const session = { values: { ...values, ...wrong }, credential }
        await refusalOf(mint(session, request, service.context()), 'invalid_request')
      }
    }
    expect(service.simulator.requests).toHaveLength(2)
  })

  it('requires an id from the service, but no name', async () => {
    const id = service.organizationId
    const host = new URL(service.simulator.url).host
    for (const organization of [undefined, null, [], {}, { name: 'Acme' }, { id: '../x' }]) {
      service.next(200, { organization })
      await refusalOf(login(service.tokenForm(), service.context()), 'unexpected_answer')
    }
    for (const name of [undefined, null, '', 7, '\u001b[2JAcme', 'x'.repeat(65)]) {
      service.next(200, { organization: { id, name } })
      const { label } = await login(service.tokenForm(), service.context())
      expect(label).toBe(`${id} at ${host}`)
    }
  })

  it('blames the address if the route does not exist', async () => {
    const session = await service.signInByToken({ url: service.simulator.url })
    const url = `${service.simulator.url}/v1`
    const attempts = [
      () => login(service.tokenForm({ url }), service.context()),
      () => mint({ ...session, values: { ...session.values, url } }, request, service.context()),
    ]
    for (const attempt of attempts) {
      expect((await refusalOf(attempt(), 'unexpected_answer')).hint).toContain('/v1')
    }
  })

  it('tells an accepted token from an expired one', async () => {
    const session = await service.signInByToken()
    const { token } = await mint(session, request, service.context())
    expect(await probe(token, session.values, service.context())).toBe('accepted')
    const { method, path, headers } = service.lastRequest()
    expect(`${method} ${path}`).toBe('GET /v1/account/organization')
    expect(headers['authorization']).toBe(`Bearer ${token.value.reveal()}`)
    service.simulator.clock.advance(900_000)
    expect(await probe(token, session.values, service.context())).toBe('refused')
  })

  it('does not decide whether an access token that gets a 403 is refused', async () => {
    const session = await service.signInByToken()
    const { token } = await mint(session, request, service.context())
    service.next(403, said(403))
    await refusalOf(probe(token, session.values, service.context()), 'unexpected_answer')
  })

  it('believes a refusal only from the service itself', async () => {
    const session = await service.signInByToken()
    const { token } = await mint(session, request, service.context())
    for (const status of [401, 403]) {
      for (const body of foreignBodies) {
        for (const call of [
          () => login(service.tokenForm(), service.context()),
          () => mint(session, request, service.context()),
          () => probe(token, session.values, service.context()),
        ]) {
          service.next(status, body)
          await refusalOf(call(), 'unexpected_answer')
        }
      }
    }
    service.simulator.faults.next(1, { kind: 'html', status: 401 })
    await refusalOf(probe(token, session.values, service.context()), 'unexpected_answer')
  })

  it('accepts a numeric code from the service too', async () => {
    service.next(401, { code: 16, message: 'x', details: [] })
    const attempt = login(service.tokenForm(), service.context())
    expect((await refusalOf(attempt, 'wrong_credentials')).field).toBe('token')
  })

  it('waits as long as x-ratelimit-reset says, whatever the body, or a minute', async () => {
    await reopen({ rate: { requests: 2, windowMs: 38_000 } })
    const session = await service.signInByToken()
    const error = await refusalOf(mint(session, request, service.context()), 'rate_limited')
    expect(error.retryAt).toBe(service.clock.now() + 37_000)
    service.clock.jumpWall(37_000)
    await mint(session, request, service.context())
    service.next(429, '<html>')
    const other = await refusalOf(mint(session, request, service.context()), 'rate_limited')
    expect(other.retryAt).toBe(service.clock.now() + 60_000)
  })
})
