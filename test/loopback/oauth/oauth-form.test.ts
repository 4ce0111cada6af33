import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  type FormFields,
  makeLoopback,
  type TestClient,
  type TestLoopback,
  toJson,
} from '../../helpers/make-loopback.ts'
import { expectRefusal } from '../refused.ts'

let endpoint: TestLoopback
let client: TestClient
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
  client = endpoint.addClient('tool', 'sftpgo/alice')
})
afterAll(() => endpoint.close())

const grant = { grant_type: 'client_credentials' }
const ask = (fields: FormFields) =>
  endpoint.form('/oauth/token', fields, { headers: basic(client) })

describe('the body of a form', () => {
  const post = (init: RequestInit, path = '/oauth/token') =>
    toJson(fetch(`${endpoint.issuer}${path}`, { method: 'POST', ...init }))
  const form = new URLSearchParams(grant).toString()

  it.each([
    ['application/x-www-form-urlencoded; charset=utf-8'],
    ['Application/X-WWW-Form-URLEncoded'],
  ])('is accepted as %s', async (type) => {
    const headers = { ...basic(client), 'content-type': type }

    expect((await post({ headers, body: form })).status).toBe(200)
  })

  it.each([
    ['JSON', 'application/json', JSON.stringify(grant)],
    ['JSON by another name', 'application/problem+json', JSON.stringify(grant)],
    ['plain text', 'text/plain', form],
    ['a multipart form', 'multipart/form-data; boundary=x', form],
    ['a type with the same prefix', 'application/x-www-form-urlencodedx', form],
    ['an invalid type', 'nonsense', form],
  ])('is refused as %s', async (_what, type, body) => {
    const answer = await post({ headers: { ...basic(client), 'content-type': type }, body })

    expectRefusal(answer, 400, 'invalid_request')
  })

  it('is refused without a content type, and if missing', async () => {
    const headers = basic(client)

    expectRefusal(await post({ headers, body: Buffer.from(form) }), 400, 'invalid_request')
    expectRefusal(await post({ headers }), 400, 'invalid_request')
  })

  it('is refused together with a query', async () => {
    const url = `/oauth/token?${form}`

    expectRefusal(
      await endpoint.form(url, grant, { headers: basic(client) }),
      400,
      'invalid_request',
    )
  })

  it('is refused in the OAuth format however the path is escaped', async () => {
    const init = { headers: basic(client), body: new URLSearchParams({ grant_type: 'none' }) }
    const plain = await post(init)
    const escaped = await post(init, '/%6Fauth/token')

    const { error_description } = expectRefusal(plain, 400, 'unsupported_grant_type')
    expect(expectRefusal(escaped, 400, 'unsupported_grant_type')).toMatchObject({
      error_description,
    })
  })

  it.each(['/oauth/token', '/oauth/revoke', '/oauth/introspect'])(
    'is refused at %s if it has 10 MB',
    async (path) => {
      const headers = { ...basic(client), 'content-type': 'application/x-www-form-urlencoded' }

      const answer = await post({ headers, body: `reason=${'r'.repeat(10_000_000)}` }, path)

      expectRefusal(answer, 400, 'invalid_request')
    },
  )

  it('with thousands of parameters is read, and they are ignored', async () => {
    const many = Array.from({ length: 5_000 }, (_, index): [string, string] => [`p${index}`, ''])

    expect((await ask([['grant_type', 'client_credentials'], ...many])).status).toBe(200)
  })

  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'is not accepted with %s',
    async (method) => {
      const answer = await toJson(fetch(`${endpoint.issuer}/oauth/token`, { method }))

      const { error_description } = expectRefusal(answer, 405, 'method_not_allowed')
      expect(error_description).toMatch(/^This is for POST only\./)
      expect(answer.headers.get('allow')).toBe('POST')
    },
  )
})
