import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as schemas from '../../../main/loopback/schemas/schemas.ts'
import { basic, makeLoopback, type TestLoopback, toJson } from '../../helpers/make-loopback.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import { expectRefusal } from '../refused.ts'

let endpoint: TestLoopback
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
})
afterAll(() => endpoint.close())

describe('GET /v1/accounts', () => {
  it('shows a client only what it is granted', async () => {
    const client = endpoint.addClient('curious', 'giantswarm/bob')
    const init = { headers: basic(client) }

    const answer = await toJson(fetch(`${endpoint.issuer}/v1/accounts`, init))

    expect(schemas.accountsAnswer.parse(answer.body)).toEqual({
      accounts: [{ id: 'giantswarm/bob', provider: 'giantswarm', state: 'signed_in' }],
    })
  })

  it('refuses a client with a wrong secret, and does not challenge it', async () => {
    const headers = basic({ id: 'nobody', secret: 'x' })

    const answer = await toJson(fetch(`${endpoint.issuer}/v1/accounts`, { headers }))

    expectRefusal(answer, 401, 'invalid_client')
    expect(answer.headers.has('www-authenticate')).toBe(false)
  })
})

describe('management responses', () => {
  it('contain no secret except a token, and a client secret once', async () => {
    const { body: added } = await endpoint.manage('POST', '/v1/clients', {
      name: 'new',
      accounts: ['sftpgo/alice'],
    })
    const { secret } = schemas.addedClientAnswer.parse(added)
    registerSecret(secret)
    const { body: taken } = await endpoint.manage('POST', '/v1/tokens', { account: 'sftpgo/alice' })
    const { access_token: token } = schemas.tokenAnswer.parse(taken)

    for (const path of [
      '/v1/status',
      '/v1/accounts',
      '/v1/clients',
      '/v1/leases',
      '/openapi.json',
    ]) {
      const text = JSON.stringify((await endpoint.manage('GET', path)).body)
      for (const hidden of [secret, token, endpoint.passwords.alice, endpoint.ownerKey]) {
        expect(text).not.toContain(hidden)
      }
    }
  })

  it('identify the process and its state in the status', async () => {
    const answer = schemas.statusAnswer.parse((await endpoint.manage('GET', '/v1/status')).body)

    expect(answer).toMatchObject({
      issuer: endpoint.issuer,
      pid: process.pid,
      instance: 'test',
      version: '1.2.3',
      locked: false,
      vault: { kind: 'memory', state: 'ready' },
      work_off: { state: 'done', remaining: 0 },
    })
  })

  it('distinguish a wrong password from a service that is down', async () => {
    const add = (changes: object) =>
      endpoint.manage('POST', '/v1/accounts', {
        provider: 'sftpgo',
        name: 'again',
        values: { url: endpoint.sftpgo.url, username: 'alice' },
        secrets: { password: endpoint.passwords.alice },
        ...changes,
      })

    const wrong = await add({ secrets: { password: markedSecret('wrong') } })
    endpoint.sftpgo.faults.next(1, { kind: 'html', status: 503 })
    const down = await add({})
    const locked = await endpoint.manage('POST', '/v1/lock').then(() => add({}))
    await endpoint.manage('POST', '/v1/unlock')

    expectRefusal(wrong, 422, 'otp_required')
    expectRefusal(down, 503, 'temporarily_unavailable')
    expectRefusal(locked, 423, 'vault_locked')
    const ids = endpoint.broker.accounts.all().map(({ id }) => String(id))
    expect(ids).not.toContain('sftpgo/again')
  })
})
