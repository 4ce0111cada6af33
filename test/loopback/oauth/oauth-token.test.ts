import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { tokenAnswer } from '../../../main/loopback/schemas/schemas.ts'
import {
  basic,
  type FormFields,
  makeLoopback,
  type TestClient,
  type TestLoopback,
} from '../../helpers/make-loopback.ts'
import { expectPrivate, expectRefusal } from '../refused.ts'

let endpoint: TestLoopback
let client: TestClient
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
})
afterAll(() => endpoint.close())

let count = 0
beforeEach(() => {
  count += 1
  client = endpoint.addClient(`tool-${count}`, 'sftpgo/alice')
})

const grant = { grant_type: 'client_credentials' }
const pairs = (fields: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries({ ...grant, ...fields })

const ask = (fields: FormFields, init: RequestInit = {}) =>
  endpoint.form('/oauth/token', fields, { headers: basic(client), ...init })

describe('POST /oauth/token', () => {
  it('returns a token that the service accepts, with caching disabled', async () => {
    const answer = await ask({ ...grant, audience: 'sftpgo/alice' })

    expect(answer.status).toBe(200)
    expectPrivate(answer)
    const body = tokenAnswer.parse(answer.body)
    expect(body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 900,
      account: 'sftpgo/alice',
      min_validity_met: true,
      headers: { Authorization: `Bearer ${body.access_token}` },
    })
    const used = await fetch(`${endpoint.sftpgo.url}/api/v2/user/dirs`, { headers: body.headers })
    expect(used.status).toBe(200)
  })

  it('also accepts the client secret in the form', async () => {
    const { id, secret } = client

    const answer = await endpoint.form('/oauth/token', {
      ...grant,
      client_id: id,
      client_secret: secret,
    })

    expect(answer.status).toBe(200)
  })

  it('returns the token of its own lease to a client that asks again', async () => {
    const [first, second] = [await ask(grant), await ask(grant)]

    expect(second.body).toEqual(first.body)
  })

  it('says how long the lease is valid', async () => {
    const first = tokenAnswer.parse((await ask(grant)).body)
    await endpoint.clock.advance(10_000)
    const second = tokenAnswer.parse((await ask(grant)).body)

    expect(first.expires_in - second.expires_in).toBe(10)
  })

  it('returns the current name of the account', async () => {
    const before = tokenAnswer.parse((await ask(grant)).body)
    await endpoint.manage('PATCH', '/v1/accounts/sftpgo/alice', { name: 'renamed' })
    const after = tokenAnswer.parse((await ask(grant)).body)
    await endpoint.manage('PATCH', '/v1/accounts/sftpgo/renamed', { name: 'alice' })

    expect(after).toMatchObject({ account: 'sftpgo/renamed', lease_id: before.lease_id })
  })

  it('records client, account, route and reason before the response', async () => {
    await ask({ ...grant, reason: 'nightly backup – ünïcode' })

    expect(endpoint.events.at(-1)).toMatchObject({
      event: 'issue',
      client: `tool-${count}`,
      account: 'sftpgo/alice',
      route: 'oauth',
      reason: 'nightly backup – ünïcode',
    })
  })

  it('replaces a lease whose token the service refused', async () => {
    const bob = endpoint.addClient(`bob-${count}`, 'giantswarm/bob')
    const init = { headers: basic(bob) }
    const first = tokenAnswer.parse((await endpoint.form('/oauth/token', grant, init)).body)

    const fields = { ...grant, refused_lease: first.lease_id }
    const second = tokenAnswer.parse((await endpoint.form('/oauth/token', fields, init)).body)

    expect(second.lease_id).not.toBe(first.lease_id)
    expect(second.access_token).not.toBe(first.access_token)
  })

  it.each<readonly [string, FormFields]>([
    ['unknown parameters', { ...grant, colour: 'blue', __proto: '1' }],
    ['a parameter called __proto__', [...pairs({}), ['__proto__', 'x']]],
    ['parameters called like members of objects', { ...grant, constructor: 'x', toString: 'y' }],
    ['an empty scope', { ...grant, scope: '' }],
    ['an empty audience', { ...grant, audience: '' }],
    ['empty resources', [...pairs({}), ['resource', ''], ['resource', '']]],
    ['an empty min_validity', { ...grant, min_validity: '' }],
    ['min_validity 0', { ...grant, min_validity: '0' }],
    ['min_validity with leading zeros', { ...grant, min_validity: '0060' }],
    ['a reason of 200 characters', { ...grant, reason: 'r'.repeat(200) }],
    ['an unknown lease as refused', { ...grant, refused_lease: 'lnothing' }],
  ])('accepts %s', async (_what, fields) => {
    expect((await ask(fields)).status).toBe(200)
  })

  it('returns the longest lease possible and says so if more is requested', async () => {
    const answer = await ask({ ...grant, min_validity: '31536000' })

    expect(answer.body).toMatchObject({ expires_in: 900, min_validity_met: false })
  })

  it.each<readonly [what: string, fields: FormFields, code: string]>([
    ['no grant type', {}, 'invalid_request'],
    ['an empty grant type', { grant_type: '' }, 'invalid_request'],
    ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['the grant type in capitals', { grant_type: 'CLIENT_CREDENTIALS' }, 'unsupported_grant_type'],
    ['a repeated grant type', [...pairs({}), ...pairs({})], 'invalid_request'],
    [
      'a repeated audience',
      [...pairs({ audience: 'sftpgo/alice' }), ['audience', 'giantswarm/bob']],
      'invalid_request',
    ],
    ['a repeated unknown parameter', [...pairs({ x: '1' }), ['x', '1']], 'invalid_request'],
    ['a repeated empty parameter', [...pairs({ scope: '' }), ['scope', '']], 'invalid_request'],
    ['a scope', { ...grant, scope: 'read' }, 'invalid_scope'],
    ['an unknown audience', { ...grant, audience: 'sftpgo/nobody' }, 'invalid_target'],
    ['an audience that is not granted', { ...grant, audience: 'giantswarm/bob' }, 'invalid_target'],
    ['an audience in capitals', { ...grant, audience: 'SFTPGO/ALICE' }, 'invalid_target'],
    ['an audience called __proto__', { ...grant, audience: '__proto__' }, 'invalid_target'],
    ['a resource that is no URI', { ...grant, resource: 'alice' }, 'invalid_target'],
    ['a foreign resource', { ...grant, resource: 'https://files.example' }, 'invalid_target'],
    ['a negative min_validity', { ...grant, min_validity: '-1' }, 'invalid_request'],
    ['a broken min_validity', { ...grant, min_validity: '1.5' }, 'invalid_request'],
    ['min_validity with an exponent', { ...grant, min_validity: '1e2' }, 'invalid_request'],
    ['min_validity in hex', { ...grant, min_validity: '0x10' }, 'invalid_request'],
    ['min_validity with a blank', { ...grant, min_validity: ' 60' }, 'invalid_request'],
    ['min_validity with a sign', { ...grant, min_validity: '+60' }, 'invalid_request'],
    ['min_validity that is no number', { ...grant, min_validity: 'long' }, 'invalid_request'],
    ['min_validity in other digits', { ...grant, min_validity: '٦٠' }, 'invalid_request'],
    ['min_validity over a year', { ...grant, min_validity: '31536001' }, 'invalid_request'],
    [
      'min_validity too large for a number',
      { ...grant, min_validity: '9'.repeat(400) },
      'invalid_request',
    ],
    ['a long reason', { ...grant, reason: 'r'.repeat(201) }, 'invalid_request'],
    ['a reason of two lines', { ...grant, reason: 'a\nb' }, 'invalid_request'],
    ['a reason with an escape sequence', { ...grant, reason: '\u001b[2J' }, 'invalid_request'],
    ['a reason with a bidirectional override', { ...grant, reason: 'a\u202eb' }, 'invalid_request'],
    ['a reason with an invisible character', { ...grant, reason: 'a\u200bb' }, 'invalid_request'],
    ['a reason with tags', { ...grant, reason: 'a\u{e0001}\u{e0041}b' }, 'invalid_request'],
    ['a reason with a NUL', { ...grant, reason: 'a\u0000' }, 'invalid_request'],
    ['a long refused_lease', { ...grant, refused_lease: 'l'.repeat(65) }, 'invalid_request'],
  ])('refuses %s', async (_what, fields, code) => {
    const answer = await ask(fields)

    expectRefusal(answer, 400, code)
    expect(answer.body).not.toHaveProperty('access_token')
  })

  it('gives exactly the same response for an unknown and an ungranted account', async () => {
    const [unknown, ungranted] = await Promise.all(
      ['sftpgo/nobody', 'giantswarm/bob'].map((audience) =>
        fetch(`${endpoint.issuer}/oauth/token`, {
          method: 'POST',
          headers: basic(client),
          body: new URLSearchParams({ ...grant, audience }),
        }),
      ),
    )
    const toText = async (response: Response | undefined) =>
      [...(response?.headers ?? [])].filter(([name]) => name !== 'date').join('\n') +
      (await response?.text())

    expect(await toText(ungranted)).toBe(await toText(unknown))
  })

  it('refuses a client with several grants that names no account', async () => {
    const both = endpoint.addClient(`both-${count}`, 'sftpgo/alice', 'giantswarm/bob')

    const answer = await endpoint.form('/oauth/token', grant, { headers: basic(both) })

    expectRefusal(answer, 400, 'invalid_target')
  })

  it('refuses a client without grants', async () => {
    const none = endpoint.addClient(`none-${count}`)

    const answer = await endpoint.form('/oauth/token', grant, { headers: basic(none) })

    expectRefusal(answer, 400, 'invalid_target')
  })
})
