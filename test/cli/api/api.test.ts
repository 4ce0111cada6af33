import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { ownVersion } from '../../../main/base/version.ts'
import { type Api, createApi } from '../../../main/cli/api/api.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { status } from '../samples.ts'

let server: Server
afterEach(() => void server.close())

/** The API of an endpoint that answers everything with this. */
async function answering(status: number, body: unknown, version = ownVersion) {
  server = createServer((_, response) => response.writeHead(status).end(JSON.stringify(body)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const ownerKey = new Secret(markedSecret('owner'))
  return createApi({
    issuer: `http://127.0.0.1:${port}`,
    ownerKey,
    pid: 4711,
    startedAt: null,
    version,
  })
}

test.each([
  ['has not the members of its kind', 200, { accounts: [] }],
  ['is a list', 200, []],
  ['is a refusal without a code', 400, {}],
  ['is a refusal with an unknown code', 418, { error: 'teapot', error_description: 'Tea?' }],
  ['is a refusal with a code that only objects know', 400, { error: 'constructor' }],
  ['is a refusal that is no object', 500, 'broken'],
])('an answer that %s is unexpected', async (_, status, body) => {
  const api = await answering(status, body)
  await expect(api.leases()).rejects.toMatchObject({ code: 'unexpected_answer' })
  await expect(
    api.login({ id: 'sftpgo/work', uid: 'a1'.repeat(16) }, { values: {}, secrets: {} }),
  ).rejects.toMatchObject({
    code: 'unexpected_answer',
  })
})

test('a refusal keeps its sentence, its hint and the time of the next try', async () => {
  const before = Date.now()
  const api = await answering(429, {
    error: 'rate_limited',
    error_description: 'Too many.',
    hint: 'Wait.',
    retry_after: 60,
  })
  const refusal = await api.status().catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'rate_limited', message: 'Too many.', hint: 'Wait.' })
  expect(refusal).toHaveProperty('retryAt', expect.closeTo(before + 60_000, -5))
})

test('a refusal keeps the field that it is about', async () => {
  const body = { error: 'invalid_request', error_description: 'No.', field: 'url' }
  const api = await answering(400, body)
  const refusal = await api.status().catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'invalid_request', field: 'url' })
})

test.each(['invalid_request', 'not_found', 'unexpected_answer'])(
  'a refusal as %s names both versions where they differ, since one may not know the other',
  async (error) => {
    const body = { error, error_description: 'No.', hint: 'Look.' }
    const older = await answering(400, body, '0.0.9')
    await expect(older.lock()).rejects.toMatchObject({
      hint: `Look. This command is version ${ownVersion}, but version 0.0.9 of Tokentray is running: restart Tokentray.`,
    })
    server.close()
    const same = await answering(400, body)
    await expect(same.lock()).rejects.toMatchObject({ hint: 'Look.' })
  },
)

describe('what may wait for a service', () => {
  const patience = { deadlineMs: 50, lookMs: 20 }
  /** As many looks as one call may make within its deadline. */
  const looksInTime = patience.deadlineMs / patience.lookMs
  /** All that is looked for in an answer, whatever the question was. */
  const answers = {
    ...{ leases: [], id: 'sftpgo/a', state: 'signed_in', at_service: 'ended', tokens: [] },
    ...{ url: 'https://svix.example', lease_id: 'l1', ends_at: 1, access_token: 't', headers: {} },
  }
  const meant = { id: 'sftpgo/a', uid: 'a1'.repeat(16) }

  /** The API of an endpoint that takes its time for all but `/v1/status`. */
  async function slow(forStatus: () => boolean) {
    let waiting: (() => void)[] = []
    let looks = 0
    server = createServer(({ url }, response) => {
      if (url !== '/v1/status') {
        waiting.push(() => response.end(JSON.stringify(answers)))
        return
      }
      looks += 1
      if (forStatus()) response.end(JSON.stringify(status))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const issuer = `http://127.0.0.1:${port}`
    const ownerKey = new Secret(markedSecret('owner'))
    const api = createApi(
      { issuer, ownerKey, pid: 4711, startedAt: null, version: ownVersion },
      patience,
    )
    const letGo = () => {
      for (const answer of waiting) answer()
      waiting = []
    }
    /** Resolves once one call must have waited for longer than its deadline. */
    const pastDeadline = async () => {
      const enough = looks + looksInTime
      await expect.poll(() => looks, { timeout: 30_000 }).toBeGreaterThan(enough)
    }
    return { api, letGo, pastDeadline }
  }

  const { id } = meant
  test.each<[string, (api: Api) => Promise<unknown>]>([
    ['an end', (api) => api.end({ all: true })],
    ['a log-out', (api) => api.logout(id)],
    ['a removal', (api) => api.removeAccount(id)],
    ['the removal of a tool', (api) => api.removeClient('tool')],
    ['a reset', (api) => api.reset()],
    ['a rotation', (api) => api.run('rotate', id)],
    ['the end of a token', (api) => api.revokeToken(meant, 't1')],
    ['the end of all tokens', (api) => api.run('revoke_all', meant, id)],
    ['a token', (api) => api.issue({ account: id })],
    ['a portal', (api) => api.portal(id)],
    ['a list of tokens', (api) => api.tokens(id)],
    ['a login', (api) => api.login(meant, { values: {}, secrets: {} })],
    ['a new account', (api) => api.addAccount({ provider: 'sftpgo', values: {}, secrets: {} })],
  ])('is waited for past every deadline, as long as Tokentray is there: %s', async (_what, ask) => {
    const { api, letGo, pastDeadline } = await slow(() => true)
    const waiting = ask(api)
    await Promise.race([waiting, pastDeadline()])
    letGo()
    await waiting
  })

  test('is another thing than what Tokentray knows by itself, whose deadline holds', async () => {
    const { api } = await slow(() => true)
    await expect(api.leases()).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    server.closeAllConnections()
  })

  test('is waited for past a moment in which Tokentray does not answer', async () => {
    let asked = 0
    const { api, letGo, pastDeadline } = await slow(() => {
      asked += 1
      return asked !== 1
    })
    const end = api.end({ all: true })
    await pastDeadline()
    letGo()
    await end
    server.closeAllConnections()
  })

  test('is not waited for once Tokentray does not answer at all', async () => {
    const { api } = await slow(() => false)
    await expect(api.reset()).rejects.toMatchObject({
      code: 'temporarily_unavailable',
      hint: 'End process 4711 and start Tokentray again.',
    })
    server.closeAllConnections()
  })
})

test('that a code is wanted is an outcome of a login, not an error', async () => {
  const api = await answering(422, { error: 'otp_required', error_description: 'A code.' })
  expect(
    await api.login({ id: 'sftpgo/work', uid: 'a1'.repeat(16) }, { values: {}, secrets: {} }),
  ).toMatchObject({
    kind: 'otp_required',
  })
})

test.each(['work', 'a/b/c', 'a/b?c'])('asks nothing for %j, which is no account', async (id) => {
  const api = await answering(200, { leases: [] })
  let asked = 0
  server.on('request', () => {
    asked += 1
  })
  await expect(api.logout(id)).rejects.toMatchObject({ code: 'invalid_request' })
  expect(asked).toBe(0)
})
