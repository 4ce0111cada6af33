import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { endAnswer, leasesAnswer, portalAnswer } from '../../../main/loopback/schemas/schemas.ts'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { visitPortal } from '../../simulators/svix-links.ts'
import { expectPrivate, expectRefusal } from '../refused.ts'
import { addTokenAccounts, SHOP, type TokenAccounts } from '../token-accounts.ts'

const STARTED = 'http.server.request.start'

let endpoint: TestLoopback
let services: TokenAccounts
let customers: { readonly shop: string; readonly yard: string }
beforeEach(async () => {
  endpoint = await makeLoopback()
  services = await addTokenAccounts(endpoint)
  const { svix } = services
  customers = { shop: svix.addCustomer('app_shop'), yard: svix.addCustomer('app_yard') }
})
afterEach(async () => {
  await endpoint.close()
  await services.close()
})

const ask = (body: object = {}) => endpoint.manage('POST', `${SHOP}/portal`, body)
const open = async (body?: object) => portalAnswer.parse((await ask(body)).body)
const ours = () =>
  services.svix.aliveTokens().filter((token) => !Object.values(customers).includes(token))
const isMint = ({ path }: { readonly path: string }) => path.includes('portal-access')

/** Resolves when the endpoint's side of the next request for this path is closed. */
function closeOf(path: string): Promise<void> {
  return new Promise((resolve) => {
    const watch = (message: unknown) => {
      const { request, response } = message as {
        request: IncomingMessage
        response: ServerResponse
      }
      if (request.url !== path) return
      unsubscribe(STARTED, watch)
      response.once('close', () => resolve())
    }
    subscribe(STARTED, watch)
  })
}

describe('a portal link', () => {
  it('works once, and is returned with caching disabled', async () => {
    const answer = await ask()

    expectPrivate(answer)
    const { url } = portalAnswer.parse(answer.body)
    expect(await visitPortal(url)).toBe(200)
    expect(await visitPortal(url)).toBe(410)
  })

  it("comes with a lease of an hour, which revokes the visitor's access", async () => {
    const { url, lease_id: lease, ends_at: endsAt } = await open()

    const { leases } = leasesAnswer.parse((await endpoint.manage('GET', '/v1/leases')).body)
    expect(endsAt).toBe(Math.floor(endpoint.clock.now() / 1_000) + 3_600)
    expect(leases).toMatchObject([
      { ...{ id: lease, client: 'cli', account: 'svix/shop', kind: 'dedicated', ends_at: endsAt } },
    ])
    const { body } = await endpoint.manage('POST', '/v1/leases/end', { lease })
    expect(endAnswer.parse(body).leases).toMatchObject([{ lease_id: lease, at_service: 'ended' }])
    expect(await visitPortal(url)).toBe(401)
    expect(services.svix.aliveTokens()).toEqual(Object.values(customers))
  })

  it('may be for another application under the same key', async () => {
    await open({ application: 'app_yard' })

    const mint = services.svix.requests.findLast(isMint)
    expect(mint?.path).toBe('/api/v1/auth/app-portal-access/app_yard')
  })

  it('is not created for an unknown application, which takes no login', async () => {
    const answer = await ask({ application: 'app_nothing' })

    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.body).not.toHaveProperty('url')
    expect(ours()).toEqual([])
    expect(endpoint.broker.leases.count).toBe(0)
    expect(endpoint.broker.accounts.get('svix/shop').record.state).toBe('signed_in')
    expect((await ask()).status).toBe(200)
  })

  it('is different each time', async () => {
    const [one, other] = [await open(), await open()]

    expect(one.url).not.toBe(other.url)
    expect(one.lease_id).not.toBe(other.lease_id)
  })

  it('is in no other response, record or log, nor is its token', async () => {
    const { url } = await open()
    const [token = ''] = ours()
    const code = new URL(url).hash.slice('#key='.length)
    const paths = ['/v1/status', '/v1/accounts', '/v1/leases', '/v1/clients', '/openapi.json']

    const answers = await Promise.all(paths.map((path) => endpoint.manage('GET', path)))

    const kept = JSON.stringify([answers, endpoint.events, endpoint.logged])
    expect(code.length).toBeGreaterThan(20)
    for (const hidden of [code, token]) expect(kept).not.toContain(hidden)
    expect(endpoint.events.at(-1)).toMatchObject({ event: 'portal', account: 'svix/shop' })
  })

  it.each([
    ['an empty application', { application: '' }],
    ['a number', { application: 7 }],
    ['null', { application: null }],
    ['a text without end', { application: 'a'.repeat(257) }],
    ['a text', 'app_shop'],
    ['a length', { expiry: 3_600 }],
  ])('cannot be requested with %s', async (_what, body) => {
    const before = services.svix.requests.length

    const answer = await endpoint.manage('POST', `${SHOP}/portal`, body)

    expectRefusal(answer, 400, 'invalid_request')
    expect(services.svix.requests).toHaveLength(before)
  })

  it('is neither returned nor valid if it cannot be recorded', async () => {
    endpoint.breakAudit(new TokentrayError('record_unavailable'))

    const answer = await ask()

    const body = expectRefusal(answer, 503, 'record_unavailable')
    expect(JSON.stringify(body)).not.toContain('/login/')
    await expect.poll(ours).toEqual([])
  })

  it('is not in the error if a browser should not open it', async () => {
    const code = markedSecret('code')
    const url = `http://far.example/login/${code}`
    const body = { url, token: markedSecret('token') }
    services.svix.faults.next(1, { kind: 'status', status: 200, body }, isMint)

    const answer = await ask()

    const refusal = JSON.stringify(expectRefusal(answer, 502, 'unexpected_answer'))
    for (const hidden of [code, 'far.example']) expect(refusal).not.toContain(hidden)
  })

  it('is revoked at once if the caller has disconnected', async () => {
    const caller = new AbortController()
    const release = services.svix.gate.hold(isMint)
    const noticed = closeOf(`${SHOP}/portal`)
    const answer = fetch(`${endpoint.issuer}${SHOP}/portal`, {
      method: 'POST',
      body: '{}',
      headers: {
        ...{ authorization: `Bearer ${endpoint.ownerKey}`, 'content-type': 'application/json' },
      },
      signal: caller.signal,
    })
    await services.svix.gate.held(1)
    expect(ours()).toHaveLength(1)

    caller.abort()
    await expect(answer).rejects.toThrow()
    await noticed
    release()

    await expect.poll(ours).toEqual([])
    expect(endpoint.broker.leases.count).toBe(0)
  })
})

describe('revoking all tokens of an account', () => {
  const revokeAll = (body: unknown) => endpoint.manage('POST', `${SHOP}/tokens/revoke-all`, body)

  it.each([
    ['another account', { confirm: 'svix/yard' }],
    ['the name without its service', { confirm: 'shop' }],
    ['other case', { confirm: 'SVIX/SHOP' }],
    ['a blank behind it', { confirm: 'svix/shop ' }],
    ['nothing', { confirm: '' }],
    ['true', { confirm: true }],
    ['a list', { confirm: ['svix/shop'] }],
    ['no such member', {}],
  ])('is refused if the confirmation is %s', async (_what, body) => {
    await open()
    const alive = services.svix.aliveTokens()

    expectRefusal(await revokeAll(body), 400, 'invalid_request')

    expect(services.svix.aliveTokens()).toEqual(alive)
    expect(endpoint.broker.leases.count).toBe(1)
  })

  it('says who would be affected if another account is confirmed', async () => {
    const { body: accounts } = await endpoint.manage('GET', '/v1/accounts')
    const hits = 'every portal session of app_shop, including those of customers'

    const body = expectRefusal(await revokeAll({ confirm: 'svix/yard' }), 400, 'invalid_request')

    expect(body.error_description).toBe('"confirm" is not svix/shop, so nothing was done.')
    expect(body.hint).toBe(`Set it to svix/shop to revoke ${hits}.`)
    expect(JSON.stringify(accounts)).toContain(hits)
  })

  it('revokes those of other programs too, and no others', async () => {
    const { lease_id: lease, url } = await open()

    const { body } = await revokeAll({ confirm: 'svix/shop' })

    expect(endAnswer.parse(body).leases).toEqual([
      { lease_id: lease, account: 'svix/shop', at_service: 'ended' },
    ])
    expect(services.svix.aliveTokens()).toEqual([customers.yard])
    expect(await visitPortal(url)).toBe(401)
    expect((await endpoint.manage('GET', '/v1/leases')).body).toMatchObject({ leases: [] })
    expect(endpoint.events.at(-1)).toMatchObject({ event: 'revoke_all', account: 'svix/shop' })
  })
})
