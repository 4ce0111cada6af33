import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { changeValues, checkForm, checkValues } from '../../../main/providers/form.ts'
import type { HttpClient } from '../../../main/providers/http/http.ts'
import type { FormValues } from '../../../main/providers/provider.ts'
import { svix } from '../../../main/providers/svix/svix.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import { signJwt } from '../../simulators/jwt.ts'
import { refusalOf } from '../calling.ts'
import { ACME, type OpenSvix, openSvix } from './open-svix.ts'

describe('the Svix login', () => {
  let service: OpenSvix
  beforeEach(async () => {
    service = await openSvix()
  })
  afterEach(() => service.close())

  const login = (more?: FormValues) => svix.login(service.form(more), service.context())

  /** Logs in with real calls, redirected to the simulator. */
  async function loginElsewhere(values: FormValues, key = service.key) {
    const urls: string[] = []
    const moved: HttpClient = {
      send(call) {
        urls.push(call.url)
        const authorization = { authorization: `Bearer ${service.key}` }
        const isKey = call.headers?.['authorization'] === `Bearer ${key}`
        const headers = isKey ? { headers: { ...call.headers, ...authorization } } : {}
        const url = call.url.replace(/^https:.*(?=\/api\/v1)/, service.simulator.url)
        return service.http.send({ ...call, ...headers, url })
      },
    }
    const entered = checkForm(svix, { application: 'app_1', ...values }, { key: new Secret(key) })
    return { ...(await svix.login(entered, service.context(moved))), urls, moved, entered }
  }

  it('reads the application with the key, asks without credentials whether tokens can be revoked, and leaves nothing', async () => {
    const { label, credential, learned, usedCode, token } = await login()
    const [show, probe] = service.simulator.requests
    expect(service.lines()).toEqual([
      'GET /api/v1/app/app_1',
      'POST /api/v1/auth/logout',
      'POST /api/v1/auth/app-portal-access/app_1',
      'GET /api/v1/auth/whoami',
      'POST /api/v1/auth/logout',
    ])
    expect(show?.headers['authorization']).toBe(`Bearer ${service.key}`)
    expect(show?.headers).not.toHaveProperty('content-type')
    for (const name of ['authorization', 'idempotency-key', 'content-type']) {
      expect(probe?.headers).not.toHaveProperty(name)
    }
    expect([show?.body, probe?.body]).toEqual(['', ''])
    expect(label).toBe(`Acme at ${new URL(service.simulator.url).host}`)
    expect(credential['key']?.reveal()).toBe(service.key)
    expect(learned).toEqual({
      ...{ base: service.simulator.url, flavour: 'hosted', slash: 'no' },
      ...{ generation: 'current', sessions: 'yes' },
    })
    expect([usedCode, token, service.simulator.aliveTokens()]).toEqual([false, undefined, []])
  })

  it('accepts the id of an application as well as its uid', async () => {
    expect((await login({ application: ` ${ACME} ` })).label).toMatch(/^Acme at /)
    expect(service.lines()[0]).toBe(`GET /api/v1/app/${ACME}`)
  })

  it('shows the uid or id if a name is missing or unsafe to show', async () => {
    const place = new URL(service.simulator.url).host
    for (const [name, uid, shown] of [
      ['', 'acme', 'acme'],
      ['\u001b[2JAcme', 'acme', 'acme'],
      ['Ac\u202eme', null, 'app_9'],
      ['x'.repeat(65), null, 'app_9'],
      [' Äcme & Söhne ', null, 'Äcme & Söhne'],
    ]) {
      service.next({ kind: 'status', status: 200, body: { id: 'app_9', uid, name } })
      expect((await login()).label).toBe(`${shown} at ${place}`)
    }
  })

  it('trims a pasted key', async () => {
    const secrets = { key: new Secret(` ${service.key}\n`) }
    const { credential } = await svix.login({ ...service.form(), secrets }, service.context())
    expect(credential['key']?.reveal()).toBe(service.key)
    expect(service.simulator.requests[0]?.headers['authorization']).toBe(`Bearer ${service.key}`)
  })

  it('refuses an invalid key without a call', async () => {
    for (const key of ['', ' ', `Token (Bearer): ${service.key}`, `${service.key}\u00e9`]) {
      const form = { ...service.form(), secrets: { key: new Secret(key) } }
      const attempt = svix.login(form, service.context())
      const error = await refusalOf(attempt, 'invalid_request', [service.key])
      expect(error.field).toBe('key')
    }
    expect(service.simulator.requests).toHaveLength(0)
  })

  it('refuses without a call an application that would lead to another route', async () => {
    for (const application of ['', '.', '..', 'a/b', 'a?b', '%2e%2e', 'a b', 'x'.repeat(257)]) {
      const error = await refusalOf(login({ application }), 'invalid_request')
      expect(error.message).toContain('not a valid application ID')
      expect(error.field).toBe('application')
    }
    expect(service.simulator.requests).toHaveLength(0)
  })

  it.each(['us', 'eu', 'ca', 'au', 'in'])('uses the region of a key: %s', async (region) => {
    const key = `${markedSecret('svix')}.${region}`
    const { urls, label, learned } = await loginElsewhere({}, key)
    const base = `https://api.${region}.svix.com`
    expect(urls.slice(0, 2)).toEqual([`${base}/api/v1/app/app_1`, `${base}/api/v1/auth/logout`])
    for (const url of urls) expect(url.startsWith(`${base}/api/v1/`)).toBe(true)
    expect(label).toBe(`Acme at Svix ${region.toUpperCase()}`)
    expect(learned).toMatchObject({ base })
  })

  it('does not let a key choose a host', async () => {
    for (const end of ['', '.', '.evil', '.eu@evil.com/', '.EU', '.constructor', 'eu', '.x.eu']) {
      const { urls, label } = await loginElsewhere({}, `${markedSecret('svix')}${end}`)
      expect(urls[0]).toBe('https://api.svix.com/api/v1/app/app_1')
      expect(label).toBe('Acme at Svix')
    }
  })

  it('sends the key of a self-hosted server nowhere else', async () => {
    const key = signJwt({ sub: 'org_1' }, Buffer.from('any'))
    registerSecret(key)
    for (const values of [{}, { region: 'eu' }]) {
      const error = await refusalOf(loginElsewhere(values, key), 'invalid_request', [key])
      expect(error.message).toContain('"Address"')
      expect(error.field).toBe('url')
    }
    expect(service.simulator.requests).toHaveLength(0)
    await loginElsewhere({ url: 'https://hooks.example.com' }, key)
  })

  it('uses the chosen region, whatever the key says', async () => {
    const { urls, label } = await loginElsewhere({ region: 'ca' }, `${markedSecret('svix')}.eu`)
    expect(urls[0]).toBe('https://api.ca.svix.com/api/v1/app/app_1')
    expect(label).toBe('Acme at Svix CA')
  })

  it('uses the entered address, whatever the key says', async () => {
    const values = { url: 'https://hooks.example.com/svix/' }
    const { urls, label } = await loginElsewhere(values, `${markedSecret('svix')}.eu`)
    expect(urls[0]).toBe('https://hooks.example.com/svix/api/v1/app/app_1')
    expect(label).toBe('Acme at hooks.example.com')
  })

  it('asks for an address only if no region is chosen', async () => {
    const values = { application: 'app_1', url: 'https://hooks.example.com' }
    expect(checkValues(svix, values)).toMatchObject(values)
    expect(() => checkValues(svix, { ...values, region: 'ca' })).toThrow('has no field "url" here')
    expect(changeValues(svix, checkValues(svix, values), { region: 'ca' })).not.toHaveProperty(
      'url',
    )
  })

  it('refuses the path of the API in the address without a call', async () => {
    for (const end of ['/api/v1', '/api/v1/', '/svix/api/v1', '/api']) {
      const url = `${service.simulator.url}${end}`
      const error = await refusalOf(login({ url }), 'invalid_request')
      expect(error.message).toContain('The address must not include')
      expect(error.field).toBe('url')
      expect(error.hint).toContain('without /api/v1')
    }
    expect(service.simulator.requests).toHaveLength(0)
    await loginElsewhere({ url: 'https://hooks.example.com/my-api' }, markedSecret('svix'))
  })

  it('stores the address that the key led to, for calls without the key', async () => {
    const first = await loginElsewhere({}, `${markedSecret('svix')}.eu`)
    const values = { ...first.entered.values, ...first.learned }
    const { probe } = service.driver(values)
    const token = service.simulator.addCustomer('app_1')
    const access = { value: new Secret(token), tokenType: 'Bearer', headers: {}, expiresAt: null }
    await probe(access, values, service.context(first.moved))
    expect(first.urls.at(-1)).toBe('https://api.eu.svix.com/api/v1/app/app_1')
    await probe(access, { ...values, region: 'us' }, service.context(first.moved))
    expect(first.urls.at(-1)).toBe('https://api.us.svix.com/api/v1/app/app_1')
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
    await svix.login(service.form(more), service.context(seen))
    const transport = { caFile: '/etc/ssl/private-ca.pem', allowPlainHttp: true }
    expect(transports).toEqual(Array.from({ length: 5 }, () => transport))
  })

  it('blames the key if it is wrong', async () => {
    const key = markedSecret('wrong')
    const form = { ...service.form(), secrets: { key: new Secret(key) } }
    const error = await refusalOf(svix.login(form, service.context()), 'wrong_credentials', [key])
    expect(error.message).toContain('API key')
    expect(error.field).toBe('key')
    expect(service.simulator.requests).toHaveLength(1)
  })

  it('blames the application if it is wrong', async () => {
    const error = await refusalOf(login({ application: 'app_9' }), 'invalid_request')
    expect(error.message).toContain('has no such application')
    expect(error.field).toBe('application')
    expect(service.lines()).toEqual(['GET /api/v1/app/app_9', 'GET /api/v1/app/app_9/'])
  })

  it('suggests the address if the response is empty', async () => {
    service.next({ kind: 'status', status: 404 }, 2)
    const error = await refusalOf(login(), 'unexpected_answer')
    expect(error.hint).toContain('/api/v1')
  })

  it('says what to enter instead of a key without permissions', async () => {
    service.next({ kind: 'status', status: 403, body: { code: 'x', detail: 'x' } })
    const error = await refusalOf(login(), 'wrong_credentials', [service.key])
    expect(error.hint).toContain('portal token')
  })

  it('tells a portal token, which cannot create tokens, from a key', async () => {
    const portal = service.simulator.addCustomer('app_1')
    const form = { ...service.form(), secrets: { key: new Secret(portal) } }
    const attempt = svix.login(form, service.context())
    const error = await refusalOf(attempt, 'wrong_credentials', [portal])
    expect(error.hint).toContain('portal token')
    expect(service.lines().at(-1)).toBe('POST /api/v1/auth/app-portal-access/app_1')
    expect(service.simulator.aliveTokens()).toEqual([portal])
  })

  it('believes only the server about what it supports', async () => {
    const isLogOut = ({ path }: { readonly path: string }) => path.includes('/logout')
    for (const [fault, code] of [
      [{ kind: 'html', status: 501 }, 'temporarily_unavailable'],
      [{ kind: 'status', status: 501 }, 'temporarily_unavailable'],
      [{ kind: 'html', status: 401 }, 'unexpected_answer'],
      [{ kind: 'html', status: 404 }, 'unexpected_answer'],
      [{ kind: 'status', status: 204 }, 'unexpected_answer'],
      [{ kind: 'status', status: 429, body: { code: 'x' } }, 'rate_limited'],
    ] as const) {
      service.simulator.faults.next(1, fault, isLogOut)
      await refusalOf(login(), code)
    }
    service.simulator.faults.next(2, { kind: 'status', status: 404 }, isLogOut)
    expect((await refusalOf(login(), 'unexpected_answer')).hint).toContain('too old')
  })

  it('declares that several accounts may share a key', () => {
    expect(svix.sharesCredential).toBe(true)
    expect(svix.fields.slice(0, 4).map(({ name, required }) => [name, required])).toEqual([
      ...[
        ['application', true],
        ['key', true],
      ],
      ...[
        ['region', false],
        ['url', false],
      ],
    ])
  })
})
