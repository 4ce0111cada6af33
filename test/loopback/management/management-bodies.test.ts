import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomText } from '../../../main/base/ids.ts'
import { makeLoopback, type TestLoopback, toJson } from '../../helpers/make-loopback.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import { expectRefusal } from '../refused.ts'

let endpoint: TestLoopback
beforeAll(async () => {
  endpoint = await makeLoopback()
})
afterAll(() => endpoint.close())

describe('the body of a management call', () => {
  const post = (path: string, body: string | undefined, type: string | undefined) =>
    toJson(
      fetch(endpoint.issuer + path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${endpoint.ownerKey}`,
          ...(type !== undefined && { 'content-type': type }),
        },
        ...(body !== undefined && { body: Buffer.from(body) }),
      }),
    )

  it.each([
    ['half of it', '{"confirm":"re'],
    ['a text', '"reset"'],
    ['a list', '[{"confirm":"reset"}]'],
    ['null', 'null'],
    ['a number', '7'],
    ['nothing', ''],
    ['two values', '{"confirm":"reset"}{}'],
    ['a wrong value', '{"confirm":"yes"}'],
    ['a value of a wrong type', '{"confirm":["reset"]}'],
    ['a prototype', '{"confirm":"reset","__proto__":{"x":1}}'],
    ['a constructor with a prototype', '{"confirm":"reset","constructor":{"prototype":{"x":1}}}'],
  ])('is refused as %s', async (_what, body) => {
    expectRefusal(await post('/v1/reset', body, 'application/json'), 400, 'invalid_request')
  })

  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'confirm=reset'],
    ['plain text', 'text/plain', '{"confirm":"reset"}'],
    ['a multipart form', 'multipart/form-data; boundary=x', '{"confirm":"reset"}'],
    ['no type', undefined, '{"confirm":"reset"}'],
  ])('is refused as %s, which a web page could send', async (_what, type, body) => {
    expectRefusal(await post('/v1/reset', body, type), 400, 'invalid_request')
  })

  it('may be absent or empty if none is needed', async () => {
    expect((await post('/v1/unlock', undefined, undefined)).status).toBe(200)
    expect((await post('/v1/unlock', '', 'application/json')).status).toBe(200)
    expect((await post('/v1/unlock', '{}', 'application/json; charset=utf-8')).status).toBe(200)
  })

  it('is not read beyond 64 KiB', async () => {
    const LIMIT = 64 * 1024
    const ofLength = (length: number) => {
      const empty = JSON.stringify({ confirm: '' }).length
      return JSON.stringify({ confirm: 'r'.repeat(length - empty) })
    }

    expectRefusal(
      await post('/v1/reset', ofLength(LIMIT), 'application/json'),
      400,
      'invalid_request',
    )
    expectRefusal(
      await post('/v1/reset', ofLength(LIMIT + 1), 'application/json'),
      413,
      'payload_too_large',
    )
  })

  it('may be 1 MB for an import', async () => {
    const LIMIT = 1024 * 1024
    const whole = JSON.stringify({ format: 'tokentray-export', version: 1 })
    const ofLength = (length: number) => whole.padEnd(length, ' ')

    expect((await post('/v1/import', ofLength(LIMIT), 'application/json')).status).toBe(200)
    expectRefusal(
      await post('/v1/import', ofLength(LIMIT + 1), 'application/json'),
      413,
      'payload_too_large',
    )
  })

  it('is not repeated in an error', async () => {
    const secret = markedSecret('pasted')
    const bodies = [
      { account: secret.repeat(20) },
      { account: 'sftpgo/x', ['k'.repeat(5_000)]: secret },
      { account: 'sftpgo/x', min_validity: secret },
      { account: 'sftpgo/x', reason: `${secret}\n` },
      { account: secret },
    ]

    for (const body of bodies) {
      const answer = await endpoint.manage('POST', '/v1/tokens', body)
      const text = JSON.stringify(answer.body)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(text).not.toContain(secret)
      expect(text.length).toBeLessThan(500)
    }
    const half = await post('/v1/tokens', `{"account":"${secret}`, 'application/json')
    expect(JSON.stringify(half.body)).not.toContain(secret)
    // The parser's own error quotes the whole of a short text that is not JSON.
    const short = `x${randomText(64)}`
    registerSecret(short)
    const answer = await post('/v1/tokens', short, 'application/json')
    expectRefusal(answer, 400, 'invalid_request')
    expect(JSON.stringify(answer.body)).not.toContain(short)
  })

  it('is not read on an unknown route', async () => {
    for (const type of ['application/json', 'text/plain', 'nonsense/x', undefined]) {
      expectRefusal(await post('/v1/nothing', '{"half', type), 404, 'not_found')
    }
  })
})

describe('the names in a path', () => {
  it.each([
    ['with an escaped slash', '/v1/accounts/sftpgo/a%2Fb', 400],
    ['with dots', '/v1/accounts/sftpgo/..%2F..', 400],
    ['with a line break', '/v1/accounts/sftpgo/a%0d%0aSet-Cookie:x', 400],
    ['in capitals', '/v1/accounts/sftpgo/ALICE', 400],
    ['that every object has', '/v1/accounts/sftpgo/constructor', 404],
    ['longer than a name', `/v1/accounts/sftpgo/${'a'.repeat(65)}`, 400],
    ['longer than any', `/v1/accounts/sftpgo/${'a'.repeat(200)}`, 404],
  ])('are refused %s', async (_what, path, status) => {
    const answer = await endpoint.manage('DELETE', path)

    expectRefusal(answer, status, status === 404 ? 'not_found' : 'invalid_request')
    expect(answer.headers.has('set-cookie')).toBe(false)
  })

  it('must contain a valid lease id as the refused one, or no token is issued', async () => {
    await endpoint.newAccount()
    const account = 'sftpgo/alice'
    const slip = await endpoint.manage('POST', '/v1/tokens', { account, refused_lease: 'nope' })
    expectRefusal(slip, 404, 'not_found')
    const first = await endpoint.manage('POST', '/v1/tokens', { account })
    const refused_lease = first.body['lease_id']
    const next = await endpoint.manage('POST', '/v1/tokens', { account, refused_lease })
    expect(next.body['access_token']).not.toBe(first.body['access_token'])
  })
})
