import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { basic, makeLoopback, type TestLoopback } from '../helpers/make-loopback.ts'
import { addTokenAccounts, type TokenAccounts } from '../loopback/token-accounts.ts'

describe('an account of an open-source Svix, which issues the same token twice within a second', () => {
  let endpoint: TestLoopback
  let services: TokenAccounts
  beforeEach(async () => {
    endpoint = await makeLoopback()
    services = await addTokenAccounts(endpoint, {
      flavour: 'oss',
      environments: [{ applications: [{ uid: 'app_shop', name: 'The shop' }] }],
    })
  })
  afterEach(async () => {
    await endpoint.close()
    await services.close()
  })

  type Tool = ReturnType<TestLoopback['addClient']>
  const post = (tool: Tool, path: string, form: Record<string, string>) =>
    endpoint.form(path, form, { headers: basic(tool) })
  const tokenOf = async (tool: Tool) =>
    (await post(tool, '/oauth/token', { grant_type: 'client_credentials' })).body
  const isActive = async (tool: Tool, token: string) =>
    (await post(tool, '/oauth/introspect', { token })).body['active']

  it('gives two tools a lease each on the same token, which survives until both are closed', async () => {
    const [one, two] = [
      endpoint.addClient('one', 'svix/shop'),
      endpoint.addClient('two', 'svix/shop'),
    ]
    const given = [await tokenOf(one), await tokenOf(two)]
    const token = String(given[0]?.['access_token'])
    expect(given[1]?.['access_token']).toBe(token)
    expect(given[0]?.['lease_id']).not.toBe(given[1]?.['lease_id'])
    expect([await isActive(one, token), await isActive(two, token)]).toEqual([true, true])

    const first = await post(one, '/oauth/revoke', { token })
    expect(first.body['leases']).toMatchObject([{ at_service: 'shared' }])
    expect([await isActive(one, token), await isActive(two, token)]).toEqual([false, true])

    const second = await post(two, '/oauth/revoke', { token })
    expect(second.body['leases']).toMatchObject([{ at_service: 'until_expiry' }])
    expect(services.svix.aliveTokens()).toEqual([token])
  })

  it('reports its token as valid for as long as the server accepts it, which is longer than its claim', async () => {
    const { svix } = services
    const tool = endpoint.addClient('one', 'svix/shop')
    const { access_token, expires_in } = await tokenOf(tool)
    const token = String(access_token)
    await post(tool, '/oauth/revoke', { token })
    const { clock } = endpoint
    const said = async () => {
      const { body } = await endpoint.manage('GET', '/v1/leases')
      return body['lingering'] ?? []
    }
    const lastEnd = Number(svix.endOf(token))
    expect(Number(expires_in)).toBeLessThanOrEqual(4 * 7 * 86_400)
    const lives = [{ at_service: 'until_expiry', ends_at: lastEnd / 1_000 }]
    expect(await said()).toMatchObject(lives)

    // Its stated expiry is a quarter of an hour earlier.
    await clock.advance(lastEnd - clock.now() - 60_000)
    expect(svix.aliveTokens()).toEqual([token])
    expect(await said()).toMatchObject(lives)

    await clock.advance(3 * 60_000)
    expect(svix.aliveTokens()).toEqual([])
    expect(await said()).toEqual([])
  })
})
