import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'

let endpoint: TestLoopback
let tool: ReturnType<TestLoopback['addClient']>

beforeEach(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
  tool = endpoint.addClient('backup', 'sftpgo/alice')
})
afterEach(() => endpoint.close())

const ask = (fields: object, path = '/oauth/token') =>
  endpoint.form(path, {
    ...{ grant_type: 'client_credentials', token: 'x' },
    ...{ client_id: tool.id, client_secret: tool.secret },
    ...fields,
  })
const refusals = async () => {
  const { body } = await endpoint.manage('POST', '/v1/activity', { search: 'refused' })
  const lines = body['lines'] as readonly Readonly<Record<string, unknown>>[]
  return lines.map(({ client, account, code, what, detail }) => ({
    ...{ client, account, code, what, detail },
  }))
}
const wrong = { code: 'invalid_client', what: 'Refused: wrong secret' }
const unknown = { code: 'invalid_client', what: 'Refused: unknown tool' }

it.each(['/oauth/token', '/oauth/revoke', '/oauth/introspect'])(
  'records a wrong secret, with the id only if a tool has it: %s',
  async (path) => {
    expect((await ask({ client_secret: 'guess' }, path)).status).toBe(401)
    expect((await ask({ client_id: 'a-secret-in-the-wrong-place' }, path)).status).toBe(401)
    expect((await ask({ client_id: 'cli' }, path)).status).toBe(401)
    expect(await refusals()).toEqual([unknown, { ...wrong, client: 'backup' }])
  },
)

const askAsOwner = (authorization: string, path = '/v1/status') =>
  fetch(`${endpoint.issuer}${path}`, { headers: { authorization } })

it('records a wrong owner key without naming a client', async () => {
  expect((await askAsOwner('Bearer guess')).status).toBe(401)
  const guess = { method: 'POST', headers: { authorization: 'Bearer guess' } }
  expect((await fetch(`${endpoint.issuer}/v1/tokens`, guess)).status).toBe(401)
  expect((await askAsOwner('Basic guess', '/v1/accounts')).status).toBe(401)
  await ask({ client_id: 'nobody' })
  expect(await refusals()).toEqual([unknown, { ...wrong, what: 'Refused: wrong owner key' }])
  const { body } = await endpoint.manage('POST', '/v1/activity', { search: 'key', tool: 'you' })
  expect(body['lines']).toEqual([])
})

it('records nothing if no owner key was sent', async () => {
  expect((await fetch(`${endpoint.issuer}/v1/status`)).status).toBe(401)
  expect(await refusals()).toEqual([])
})

it('records why a request matches no account, which the answers do not say', async () => {
  const { url = '' } = endpoint.broker.accounts.get('giantswarm/bob').values
  const answers = [
    await ask({ audience: 'giantswarm/bob' }),
    await ask({ audience: 'sftpgo/anything-it-likes' }),
    await ask({ resource: url }),
    await ask({ resource: 'https://other.example' }),
  ]
  const [first] = answers
  expect(first?.status).toBe(400)
  for (const { body } of answers) expect(body).toEqual(first?.body)
  const refused = await refusals()
  const line = { code: 'invalid_target', client: 'backup' }
  expect(refused).toEqual([
    { ...line, what: 'Refused: no account matches' },
    { ...line, what: 'Refused: no such account' },
    { ...line, what: 'Refused: account not granted', account: 'giantswarm/bob' },
  ])
  expect(JSON.stringify(refused)).not.toContain('anything')
})

it('records that several granted accounts match', async () => {
  const both = endpoint.addClient('both', 'sftpgo/alice', 'giantswarm/bob')
  await ask({ client_id: both.id, client_secret: both.secret })
  expect(await refusals()).toEqual([
    { code: 'invalid_target', client: 'both', what: 'Refused: several accounts match' },
  ])
})

it('writes one line a minute, with the count', async () => {
  for (let count = 0; count < 5; count += 1) await ask({ client_secret: 'guess' })
  expect(await refusals()).toHaveLength(1)
  await endpoint.clock.advance(60_000)
  await ask({ client_secret: 'guess' })
  expect(await refusals()).toEqual([
    { ...wrong, client: 'backup', detail: '4 more since the line before' },
    { ...wrong, client: 'backup' },
  ])
})
