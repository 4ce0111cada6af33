import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  basic,
  makeLoopback,
  type TestClient,
  type TestLoopback,
  toJson,
} from '../../helpers/make-loopback.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { expectRefusal } from '../refused.ts'

const open: TestLoopback[] = []
let endpoint: TestLoopback
let client: TestClient
beforeEach(async () => {
  endpoint = await makeLoopback()
  open.push(endpoint)
  await endpoint.newAccount()
  client = endpoint.addClient('tool', 'sftpgo/alice')
})
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()))
})

const grant = { grant_type: 'client_credentials' }
const ask = (authorization: string | undefined, fields: Readonly<Record<string, string>> = {}) =>
  endpoint.form(
    '/oauth/token',
    { ...grant, ...fields },
    authorization === undefined ? {} : { headers: { authorization } },
  )
const base64 = (text: string) => Buffer.from(text).toString('base64')
const escapeAll = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

describe('client authentication', () => {
  it('accepts Basic, in any case and percent-encoded', async () => {
    const { id, secret } = client
    const { authorization } = basic(client)

    const answers = await Promise.all([
      ask(authorization),
      ask(authorization.replace('Basic', 'bASIC')),
      ask(`Basic ${base64(`${escapeAll(id)}:${escapeAll(secret)}`)}`),
      ask(authorization, { client_id: id }),
      ask(authorization, { client_id: '', client_secret: '' }),
      ask(undefined, { client_id: id, client_secret: secret }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
  })

  it.each<readonly [string, (client: TestClient) => string]>([
    ['a wrong secret', ({ id }) => `Basic ${base64(`${id}:${markedSecret('wrong')}`)}`],
    ['an unknown id', ({ secret }) => `Basic ${base64(`nobody:${secret}`)}`],
    ['a secret with one more character', ({ id, secret }) => `Basic ${base64(`${id}:${secret}x`)}`],
    [
      'a secret in other case',
      ({ id, secret }) => `Basic ${base64(`${id}:${secret.toLowerCase()}`)}`,
    ],
    ['a secret followed by a NUL', ({ id, secret }) => `Basic ${base64(`${id}:${secret}\0`)}`],
    ['a non-ASCII secret', ({ id }) => `Basic ${base64(`${id}:žluťoučký`)}`],
    ['an empty secret', ({ id }) => `Basic ${base64(`${id}:`)}`],
    ['an empty id', ({ secret }) => `Basic ${base64(`:${secret}`)}`],
    ['the name instead of the id', ({ secret }) => `Basic ${base64(`tool:${secret}`)}`],
    ['a built-in client', () => `Basic ${base64('cli:')}`],
    ['Basic and nothing', () => 'Basic'],
    ['Basic without a colon', () => `Basic ${base64('nothing')}`],
    ['Basic that is not base64', () => 'Basic !!!!'],
    ['Basic of two words', ({ id, secret }) => `Basic ${base64(id)} ${base64(secret)}`],
    ['Basic with a malformed escape', ({ secret }) => `Basic ${base64(`%zz:${secret}`)}`],
  ])('refuses %s, and does not challenge', async (_what, authorization) => {
    const answer = await ask(authorization(client))

    expectRefusal(answer, 401, 'invalid_client')
    expect(answer.headers.has('www-authenticate')).toBe(false)
  })

  it.each<readonly [string, (client: TestClient) => Readonly<Record<string, string>>]>([
    ['a secret without an id', ({ secret }) => ({ client_secret: secret })],
    ['a wrong secret', ({ id }) => ({ client_id: id, client_secret: markedSecret('wrong') })],
    ['an id called __proto__', ({ secret }) => ({ client_id: '__proto__', client_secret: secret })],
  ])('refuses a form with %s, and does not challenge', async (_what, fields) => {
    const answer = await ask(undefined, fields(client))

    expectRefusal(answer, 401, 'invalid_client')
    expect(answer.headers.has('www-authenticate')).toBe(false)
  })

  it.each<readonly [string, (client: TestClient) => Readonly<Record<string, string>>]>([
    ['nothing', () => ({})],
    ['an id without a secret', ({ id }) => ({ client_id: id })],
    ['an empty secret', ({ id }) => ({ client_id: id, client_secret: '' })],
  ])('challenges a form with %s, and says how to send the secret', async (_what, fields) => {
    for (const path of ['/oauth/token', '/oauth/revoke', '/oauth/introspect']) {
      const answer = await endpoint.form(path, { ...grant, ...fields(client) })

      const body = expectRefusal(answer, 401, 'invalid_client')
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="tokentray"')
      expect(body.error_description).toContain('by Basic authentication, or as client_id and')
    }
  })

  it.each(['Bearer', 'Digest', 'Negotiate'])('refuses %s without a challenge', async (scheme) => {
    const answer = await ask(`${scheme} ${endpoint.ownerKey}`)

    expectRefusal(answer, 401, 'invalid_client')
    expect(answer.headers.has('www-authenticate')).toBe(false)
  })

  it('refuses two methods at once, even if both are right', async () => {
    const { id, secret } = client
    const { authorization } = basic(client)

    for (const fields of [{ client_secret: secret }, { client_id: id, client_secret: secret }]) {
      expectRefusal(await ask(authorization, fields), 400, 'invalid_request')
    }
    expectRefusal(await ask(authorization, { client_id: 'other' }), 400, 'invalid_request')
  })

  it('gives the same answer for an unknown client and a wrong secret', async () => {
    const [unknown, wrong] = [
      await ask(`Basic ${base64(`nobody:${client.secret}`)}`),
      await ask(`Basic ${base64(`${client.id}:x`)}`),
    ]

    expect(wrong.body).toEqual(unknown.body)
  })

  it('is checked before the other parameters', async () => {
    const answer = await endpoint.form('/oauth/token', { grant_type: 'password', scope: 'all' })

    expectRefusal(answer, 401, 'invalid_client')
  })

  it('stops working when the client is removed', async () => {
    await endpoint.manage('DELETE', '/v1/clients/tool')

    expectRefusal(await ask(basic(client).authorization), 401, 'invalid_client')
  })
})

describe('the throttle of failed authentication', () => {
  const fail = () => ask('Basic bm9ib2R5Ong=')
  const exhaust = async () => {
    for (let count = 0; count < 20; count += 1) expectRefusal(await fail(), 401, 'invalid_client')
  }

  it('makes the twenty-first failure of a minute wait, whatever its kind', async () => {
    await exhaust()
    await endpoint.clock.advance(10_000)

    const failure = await fail()
    const { retry_after } = expectRefusal(failure, 429, 'rate_limited')
    const authorization = 'Bearer wrong'
    const management = await toJson(
      fetch(`${endpoint.issuer}/v1/status`, { headers: { authorization } }),
    )

    expect(retry_after).toBe(50)
    expect(failure.headers.has('www-authenticate')).toBe(false)
    expectRefusal(management, 429, 'rate_limited')
  })

  it('never delays the right secret or the owner key', async () => {
    await exhaust()

    expect((await ask(basic(client).authorization)).status).toBe(200)
    expect((await endpoint.manage('GET', '/v1/status')).status).toBe(200)
  })

  it('does not count requests without credentials, which wait for the challenge', async () => {
    for (let count = 0; count < 50; count += 1) {
      expectRefusal(await ask(undefined), 401, 'invalid_client')
      const management = await toJson(fetch(`${endpoint.issuer}/v1/accounts`))
      expectRefusal(management, 401, 'invalid_client')
    }

    expectRefusal(await fail(), 401, 'invalid_client')
  })

  it('is over after a minute, even if the system clock was set back', async () => {
    await exhaust()
    endpoint.clock.jumpWall(-86_400_000)
    expectRefusal(await fail(), 429, 'rate_limited')

    await endpoint.clock.advance(60_000)

    expectRefusal(await fail(), 401, 'invalid_client')
  })
})

describe('the owner key', () => {
  const status = (headers: Readonly<Record<string, string>>) =>
    toJson(fetch(`${endpoint.issuer}/v1/status`, { headers }))

  it('authorizes management calls as Bearer, in any case', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const answer = await status({ authorization: `${scheme} ${endpoint.ownerKey}` })
      expect(answer.status).toBe(200)
    }
  })

  it.each<readonly [string, (key: string) => string]>([
    ['nothing after the scheme', () => 'Bearer'],
    ['a wrong key', () => `Bearer ${'x'.repeat(43)}`],
    ['a prefix of the key', (key) => `Bearer ${key.slice(0, -1)}`],
    ['more than the key', (key) => `Bearer ${key}x`],
    ['the key twice', (key) => `Bearer ${key} ${key}`],
    ['the key in lower case', (key) => `Bearer ${key.toLowerCase()}`],
    ['the key without a scheme', (key) => key],
    ['the key as Basic', (key) => `Basic ${base64(`owner:${key}`)}`],
  ])('is refused as %s', async (_what, authorization) => {
    const answer = await status({ authorization: authorization(endpoint.ownerKey) })

    expectRefusal(answer, 401, 'invalid_client')
    // It is not a client's secret, so a new client would not help.
    expect(answer.body['hint']).not.toContain('client')
  })

  it('is reported as missing if there is none', async () => {
    const answer = await status({})

    expectRefusal(answer, 401, 'invalid_client')
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="tokentray"')
  })

  it('and the client secret are both named in the challenge where both are accepted', async () => {
    const answer = await toJson(fetch(`${endpoint.issuer}/v1/accounts`))

    expectRefusal(answer, 401, 'invalid_client')
    const challenge = 'Bearer realm="tokentray", Basic realm="tokentray"'
    expect(answer.headers.get('www-authenticate')).toBe(challenge)
  })

  it('is required before the body is read', async () => {
    const answer = await toJson(
      fetch(`${endpoint.issuer}/v1/tokens`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"half',
      }),
    )

    expectRefusal(answer, 401, 'invalid_client')
  })
})
