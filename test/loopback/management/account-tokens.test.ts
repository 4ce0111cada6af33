import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  listedTokensAnswer,
  revokedTokenAnswer,
  tokenAnswer,
} from '../../../main/loopback/schemas/schemas.ts'
import { basic, makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import type { GlowmarktToken } from '../../simulators/glowmarkt-tokens.ts'
import { expectRefusal } from '../refused.ts'
import { addTokenAccounts, HOME, type TokenAccounts } from '../token-accounts.ts'

const APPLICATION = 'b0f1b774-a586-4f72-9edd-27ead8aa7a8d'

describe('the tokens of a Glowmarkt account', () => {
  let endpoint: TestLoopback
  let services: TokenAccounts
  let phone: GlowmarktToken
  beforeEach(async () => {
    endpoint = await makeLoopback()
    services = await addTokenAccounts(endpoint)
    // Tokens created at the same time could not be told apart.
    await endpoint.clock.advance(5_000)
    phone = services.glowmarkt.addProgram('alice')
    await endpoint.clock.advance(5_000)
  })
  afterEach(async () => {
    await endpoint.close()
    await services.close()
  })

  const list = async () =>
    listedTokensAnswer.parse((await endpoint.manage('GET', `${HOME}/tokens`)).body).tokens

  const take = async () => {
    const { body } = await endpoint.manage('POST', '/v1/tokens', { account: 'glowmarkt/home' })
    return tokenAnswer.parse(body)
  }

  const takeAs = (name: string) =>
    endpoint.form(
      '/oauth/token',
      { grant_type: 'client_credentials', audience: 'glowmarkt/home' },
      { headers: basic(endpoint.addClient(name, 'glowmarkt/home')) },
    )

  const revoke = (id: unknown) => endpoint.manage('POST', `${HOME}/tokens/revoke`, { id })

  it('are listed, newest first, with their use if they are ours', async () => {
    await take()

    const [lease, strange, session, ...others] = await list()

    expect(others).toEqual([])
    expect(lease).toMatchObject({ ours: 'yes', use: 'lease', clients: ['cli'] })
    expect(strange).toEqual({
      id: phone.tokenId,
      framework: phone.authenticationFramework,
      created_at: Math.floor(phone.createdAt / 1_000),
      expires_at: phone.exp,
      ours: 'no',
    })
    expect(session).toMatchObject({ ours: 'yes', use: 'session', clients: [] })
  })

  it("are listed once, with every client that shares the session's token", async () => {
    for (const kind of ['shared', 'dedicated', 'shared']) {
      await endpoint.manage('PATCH', HOME, { lease_kind: kind })
      await take()
    }
    await takeAs('tool')
    await takeAs('other')

    const session = (await list()).find(({ use }) => use === 'session')

    expect(session?.clients?.sort()).toEqual(['cli', 'other', 'tool'])
  })

  it('are not reported as ours if the list cannot tell', async () => {
    await take()
    services.glowmarkt.addProgram('alice')

    const [one, other] = await list()

    for (const token of [one, other]) {
      expect(token?.ours).toBe('maybe')
      expect(token).not.toHaveProperty('use')
      expect(token).not.toHaveProperty('clients')
    }
  })

  it('are never included in the list themselves', async () => {
    const { access_token: token } = await take()

    const { body } = await endpoint.manage('GET', `${HOME}/tokens`)

    for (const hidden of [token, phone.token, ...services.glowmarkt.aliveTokens()]) {
      expect(JSON.stringify(body)).not.toContain(hidden)
    }
  })

  it('are revoked one by one, and the lease of one of ours is closed', async () => {
    const { access_token: token, lease_id: lease } = await take()
    const [listed] = await list()

    const answer = revokedTokenAnswer.parse((await revoke(listed?.id)).body)

    expect(answer).toEqual({
      id: listed?.id,
      at_service: 'ended',
      leases: [{ lease_id: lease, account: 'glowmarkt/home', at_service: 'ended' }],
    })
    expect(services.glowmarkt.aliveTokens()).not.toContain(token)
    expect(services.glowmarkt.aliveTokens()).toContain(phone.token)
    expect((await endpoint.manage('GET', '/v1/leases')).body).toMatchObject({ leases: [] })
    expect(endpoint.events.at(-1)).toEqual({
      ...{ event: 'revoke_token', client: 'cli', account: 'glowmarkt/home', route: 'v1' },
      accountUid: expect.any(String),
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
  })

  it("can be revoked even if they are another program's, which closes no lease", async () => {
    const { access_token: token } = await take()

    const answer = await revoke(phone.tokenId)

    expect(answer.body).toEqual({ id: phone.tokenId, at_service: 'ended', leases: [] })
    expect(services.glowmarkt.aliveTokens()).not.toContain(phone.token)
    expect(services.glowmarkt.aliveTokens()).toContain(token)
  })

  it('are already gone if they are revoked between the list and the call', async () => {
    const { gate, apiUrl } = services.glowmarkt
    const release = gate.hold(({ method, path }) => method === 'GET' && path.endsWith('/token'))
    const answer = revoke(phone.tokenId)
    await gate.held(1)
    await fetch(`${apiUrl}/auth/deleteToken`, {
      method: 'DELETE',
      headers: { token: phone.token, applicationId: APPLICATION },
    })
    release()

    expect((await answer).body).toEqual({
      ...{ id: phone.tokenId, at_service: 'already_gone', leases: [] },
    })
  })

  it.each([
    ['an id that is not listed', 'd7f5bd0c-54a3-4b9e-a1c4-9a54ddf3f6b9', 404, 'not_found'],
    ['an id that leads elsewhere', '../../user', 404, 'not_found'],
    ['a name that every object has', 'constructor', 404, 'not_found'],
    ['no id', undefined, 400, 'invalid_request'],
    ['an empty id', '', 400, 'invalid_request'],
    ['a number', 7, 400, 'invalid_request'],
    ['a list of ids', ['a'], 400, 'invalid_request'],
    ['an id beyond reason', 'a'.repeat(129), 400, 'invalid_request'],
  ])('are not revoked if the call names %s', async (_what, id, status, code) => {
    const before = services.glowmarkt.aliveTokens()

    expectRefusal(await revoke(id), status, code)

    expect(services.glowmarkt.aliveTokens()).toEqual(before)
  })

  it('are replaced by a rotation, which revokes the active ones and no others', async () => {
    const before = await take()
    const [session] = services.glowmarkt.aliveTokens()

    const answer = await endpoint.manage('POST', `${HOME}/rotate`)

    expect(answer.body).toEqual({
      leases: [{ lease_id: before.lease_id, account: 'glowmarkt/home', at_service: 'ended' }],
    })
    const after = await take()
    const alive = services.glowmarkt.aliveTokens()
    expect(alive).toHaveLength(3)
    expect(alive).toEqual(expect.arrayContaining([phone.token, after.access_token]))
    expect(alive).not.toContain(before.access_token)
    expect(alive).not.toContain(session)
  })

  const calls: readonly (readonly [method: string, path: string, body: object | undefined])[] = [
    ['GET', `${HOME}/tokens`, undefined],
    ['POST', `${HOME}/tokens/revoke`, { id: 'd7f5bd0c-54a3-4b9e-a1c4-9a54ddf3f6b9' }],
    ['POST', `${HOME}/rotate`, undefined],
  ]

  it.each(calls)('need Tokentray unlocked and a login: %s %s', async (method, path, body) => {
    const count = services.glowmarkt.requests.length
    await endpoint.manage('POST', '/v1/lock')
    expectRefusal(await endpoint.manage(method, path, body), 423, 'vault_locked')
    expect(services.glowmarkt.requests).toHaveLength(count)

    await endpoint.manage('POST', '/v1/unlock')
    await endpoint.manage('POST', `${HOME}/logout`)
    expectRefusal(await endpoint.manage(method, path, body), 409, 'login_required')
  })

  it('cannot be listed while the service is down', async () => {
    services.glowmarkt.faults.next(5, { kind: 'html', status: 503 })

    const answer = await endpoint.manage('GET', `${HOME}/tokens`)

    expectRefusal(answer, 503, 'temporarily_unavailable')
  })
})
