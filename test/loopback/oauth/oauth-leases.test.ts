import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  introspectAnswer,
  revokeAnswer,
  tokenAnswer,
} from '../../../main/loopback/schemas/schemas.ts'
import {
  basic,
  makeLoopback,
  type TestClient,
  type TestLoopback,
  toJson,
} from '../../helpers/make-loopback.ts'
import type { RecordedRequest } from '../../simulators/simulator.ts'
import { expectPrivate, expectRefusal } from '../refused.ts'

let endpoint: TestLoopback
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
})
afterAll(() => endpoint.close())

let count = 0
let client: TestClient
let other: TestClient
beforeEach(async () => {
  count += 1
  await endpoint.manage('POST', '/v1/leases/end', { all: true })
  client = endpoint.addClient(`one-${count}`, 'sftpgo/alice', 'giantswarm/bob')
  other = endpoint.addClient(`two-${count}`, 'sftpgo/alice', 'giantswarm/bob')
})

async function take(who: TestClient, audience: string) {
  const fields = { grant_type: 'client_credentials', audience }
  const answer = await endpoint.form('/oauth/token', fields, { headers: basic(who) })
  return tokenAnswer.parse(answer.body)
}

const post = (route: string, who: TestClient, fields: Readonly<Record<string, string>>) =>
  endpoint.form(`/oauth/${route}`, fields, { headers: basic(who) })

const revoke = async (who: TestClient, token: string) =>
  revokeAnswer.parse((await post('revoke', who, { token })).body).leases

const introspect = async (who: TestClient, token: string) =>
  introspectAnswer.parse((await post('introspect', who, { token })).body)

describe('POST /oauth/revoke', () => {
  it('closes a dedicated lease and revokes its token at the service', async () => {
    const { access_token: token, lease_id } = await take(client, 'giantswarm/bob')
    expect(endpoint.giantswarm.aliveTokens()).toContain(token)

    const leases = await revoke(client, token)

    expect(leases).toEqual([{ lease_id, account: 'giantswarm/bob', at_service: 'ended' }])
    expect(endpoint.giantswarm.aliveTokens()).not.toContain(token)
  })

  it('closes a shared lease for this client only while others hold the token', async () => {
    const { access_token: token } = await take(client, 'sftpgo/alice')
    const { access_token: same } = await take(other, 'sftpgo/alice')
    expect(same).toBe(token)

    const [first] = await revoke(client, token)
    expect(first).toMatchObject({ at_service: 'shared', ends_at: expect.any(Number) })
    expect(endpoint.sftpgo.aliveTokens()).toContain(token)

    const [second] = await revoke(other, token)
    expect(second).toMatchObject({ at_service: 'ended' })
    expect(endpoint.sftpgo.aliveTokens()).not.toContain(token)
  })

  it('reports what is pending while the service is unavailable', async () => {
    const { access_token: token } = await take(client, 'giantswarm/bob')
    const isThis = ({ headers }: RecordedRequest) =>
      headers['authorization']?.includes(token) === true
    endpoint.giantswarm.faults.next(1, { kind: 'reset' }, isThis)

    expect(await revoke(client, token)).toMatchObject([{ at_service: 'pending' }])
  })

  it('gives the same answer for an unknown token, a revoked one, and one of another client', async () => {
    const { access_token: ended } = await take(client, 'giantswarm/bob')
    await revoke(client, ended)
    const { access_token: foreign } = await take(other, 'giantswarm/bob')

    const answers = await Promise.all(
      ['nothing', ended, foreign].map((token) => post('revoke', client, { token })),
    )

    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 200, body: { leases: [] } })
      expectPrivate(answer)
    }
    expect(endpoint.giantswarm.aliveTokens()).toContain(foreign)
    expect(await introspect(other, foreign)).toMatchObject({ active: true })
  })

  it('ignores token_type_hint', async () => {
    const { access_token: token } = await take(client, 'giantswarm/bob')

    const answer = await post('revoke', client, { token, token_type_hint: 'refresh_token' })

    expect(revokeAnswer.parse(answer.body).leases).toHaveLength(1)
  })

  it('records who closed it', async () => {
    const { access_token: token, lease_id } = await take(client, 'giantswarm/bob')

    await revoke(client, token)

    expect(endpoint.events).toContainEqual(
      expect.objectContaining({ event: 'end', client: `one-${count}`, lease: lease_id }),
    )
  })

  it('works while Tokentray is locked', async () => {
    const { access_token: token } = await take(client, 'giantswarm/bob')
    endpoint.broker.lock()

    const leases = await revoke(client, token)
    endpoint.broker.unlock()

    expect(leases).toMatchObject([{ at_service: 'ended' }])
    expect(endpoint.giantswarm.aliveTokens()).not.toContain(token)
  })
})

describe('POST /oauth/introspect', () => {
  it('describes an open lease', async () => {
    const { access_token: token, lease_id } = await take(client, 'giantswarm/bob')
    const now = endpoint.clock.now() / 1_000

    const answer = await post('introspect', client, { token })

    expectPrivate(answer)
    expect(introspectAnswer.parse(answer.body)).toEqual({
      active: true,
      client_id: client.id,
      token_type: 'giantswarm',
      iat: Math.floor(now),
      exp: Math.floor(now + 900),
      aud: 'giantswarm/bob',
      lease_id,
    })
  })

  it("reports another client's token as inactive, even if both hold the same one", async () => {
    const { access_token: dedicated } = await take(other, 'giantswarm/bob')
    const { access_token: shared } = await take(other, 'sftpgo/alice')

    expect(await introspect(client, dedicated)).toEqual({ active: false })
    expect(await introspect(client, shared)).toEqual({ active: false })
    await take(client, 'sftpgo/alice')
    expect(await introspect(client, shared)).toMatchObject({ active: true, client_id: client.id })
  })

  it('reports an unknown, revoked or expired token as inactive', async () => {
    const { access_token: revoked } = await take(client, 'giantswarm/bob')
    await revoke(client, revoked)
    const { access_token: over } = await take(client, 'giantswarm/bob')
    await endpoint.clock.advance(900_000)

    for (const token of ['nothing', revoked, over]) {
      expect(await introspect(client, token)).toEqual({ active: false })
    }
  })
})

describe('a lease that has expired before the timer fires', () => {
  it('is not active and cannot be revoked', async () => {
    const { access_token: token } = await take(client, 'giantswarm/bob')
    endpoint.clock.sleep(900_000)

    expect(await introspect(client, token)).toEqual({ active: false })
    expect(await revoke(client, token)).toEqual([])
  })
})

describe.each(['revoke', 'introspect'])('POST /oauth/%s', (route) => {
  it.each<readonly [string, readonly (readonly [string, string])[]]>([
    ['no token', []],
    ['an empty token', [['token', '']]],
    [
      'a repeated token',
      [
        ['token', 'a'],
        ['token', 'b'],
      ],
    ],
  ])('refuses %s', async (_what, fields) => {
    const answer = await endpoint.form(`/oauth/${route}`, fields, { headers: basic(client) })

    expectRefusal(answer, 400, 'invalid_request')
  })

  it('refuses requests without client authentication, and the owner key', async () => {
    const { access_token: token } = await take(client, 'giantswarm/bob')
    const owner = { headers: { authorization: `Bearer ${endpoint.ownerKey}` } }

    expectRefusal(await endpoint.form(`/oauth/${route}`, { token }), 401, 'invalid_client')
    expectRefusal(await endpoint.form(`/oauth/${route}`, { token }, owner), 401, 'invalid_client')
    expect(endpoint.giantswarm.aliveTokens()).toContain(token)
  })

  it('refuses a query and JSON', async () => {
    const headers = { ...basic(client), 'content-type': 'application/json' }
    const url = `${endpoint.issuer}/oauth/${route}`
    const json = toJson(fetch(url, { method: 'POST', headers, body: '{"token":"x"}' }))

    expectRefusal(await json, 400, 'invalid_request')
    expectRefusal(await post(`${route}?token=x`, client, { token: 'x' }), 400, 'invalid_request')
  })
})

describe('the metadata', () => {
  const path = '/.well-known/oauth-authorization-server'

  it('has the IP address in the issuer, whatever host name was used', async () => {
    const { issuer, port } = endpoint
    for (const host of ['127.0.0.1', 'localhost']) {
      const answer = await toJson(fetch(`http://${host}:${port}${path}`))
      expectPrivate(answer)
      expect(answer.body).toMatchObject({
        issuer,
        token_endpoint: `${issuer}/oauth/token`,
        revocation_endpoint: `${issuer}/oauth/revoke`,
        introspection_endpoint: `${issuer}/oauth/introspect`,
        grant_types_supported: ['client_credentials'],
      })
    }
  })

  it('names endpoints that exist', async () => {
    const { body } = await toJson(fetch(`${endpoint.issuer}${path}`))

    for (const name of ['token_endpoint', 'revocation_endpoint', 'introspection_endpoint']) {
      const answer = await toJson(fetch(String(body[name]), { method: 'POST' }))
      expectRefusal(answer, 400, 'invalid_request')
    }
  })
})
