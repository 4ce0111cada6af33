import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'

let endpoint: TestLoopback
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
})
afterAll(() => endpoint.close())

const read = async (body: object = {}) => {
  const answer = await endpoint.manage('POST', '/v1/activity', body)
  expect(answer.status).toBe(200)
  return answer.body as { lines: Record<string, unknown>[]; last: number; next?: string }
}

it('returns the record as text, in pages, back to the first line', async () => {
  await endpoint.manage('POST', '/v1/lock')
  await endpoint.manage('POST', '/v1/unlock')
  const first = await read({ limit: 2 })
  expect(first.lines[0]).toMatchObject({
    ...{ event: 'unlock', route: 'v1', what: 'Unlocked', who: 'by you, on the command line' },
  })
  expect(first.last).toBe(first.lines[0]?.['seq'])
  const seqs: unknown[] = first.lines.map(({ seq }) => seq)
  for (let { next } = first; next !== undefined; ) {
    const page = await read({ limit: 2, before: next })
    seqs.push(...page.lines.map(({ seq }) => seq))
    next = page.next
  }
  expect(seqs).toEqual(Array.from(seqs, (_, index) => first.last - index))
  expect(seqs.at(-1)).toBe(1)
})

it('finds lines by account, tool, kind, time and displayed words', async () => {
  const tool = endpoint.addClient('backup', 'sftpgo/alice')
  await endpoint.form('/oauth/token', {
    ...{ grant_type: 'client_credentials', audience: 'sftpgo/alice' },
    ...{ client_id: tool.id, client_secret: tool.secret },
  })
  await endpoint.broker.recorded()
  const found = async (body: object) => (await read(body)).lines.map(({ event }) => event)
  expect(await found({ tool: 'backup' })).toEqual(['issue', 'grant_added', 'client_added'])
  expect(await found({ account: 'sftpgo/alice', tool: 'backup' })).toEqual(['issue', 'grant_added'])
  expect(await found({ search: 'alice out handed' })).toEqual(['issue'])
  expect(await found({ tool: 'backup', kind: 'tokens' })).toEqual(['issue'])
  expect(await found({ tool: 'backup', kind: 'changes' })).toEqual(['grant_added', 'client_added'])
  expect(await found({ kind: 'refusals' })).toEqual([])
  await endpoint.clock.advance(60_000)
  await endpoint.manage('POST', '/v1/lock')
  await endpoint.manage('POST', '/v1/unlock')
  const since = Math.floor(endpoint.clock.now() / 1_000)
  expect(await found({ since })).toEqual(['unlock', 'lock'])
})

it('finds all lines of a renamed account, and none of another with that name', async () => {
  const tool = endpoint.addClient('renamed', 'sftpgo/alice')
  await endpoint.form('/oauth/token', {
    ...{ grant_type: 'client_credentials', audience: 'sftpgo/alice' },
    ...{ client_id: tool.id, client_secret: tool.secret },
  })
  const rename = (from: string, name: string) =>
    endpoint.manage('PATCH', `/v1/accounts/${from}`, { name })
  expect((await rename('sftpgo/alice', 'first')).status).toBe(200)
  expect((await rename('giantswarm/bob', 'first')).status).toBe(200)
  await endpoint.newAccount()
  await endpoint.broker.recorded()
  const of = async (account: string) => (await read({ account, limit: 1_000 })).lines
  const [first, alice] = [await of('sftpgo/first'), await of('sftpgo/alice')]
  expect(first.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['account_renamed', 'issue', 'grant_added', 'account_added']),
  )
  expect(alice.map(({ event }) => event)).toEqual(['account_added', 'login'])
  for (const lines of [first, alice]) {
    expect(new Set(lines.map(({ account_uid }) => account_uid)).size).toBe(1)
  }
})

it('waits for the next line, and returns it as soon as it is written', async () => {
  const { last } = await read({ limit: 1 })
  const waiting = read({ after: last, wait: 30 })
  let isThere = false
  void waiting.then(() => {
    isThere = true
  })
  await read()
  expect(isThere).toBe(false)
  await endpoint.manage('POST', '/v1/lock')
  expect((await waiting).lines).toMatchObject([{ event: 'lock', seq: last + 1 }])
  await endpoint.manage('POST', '/v1/unlock')
})

it('waits no longer than requested', async () => {
  const { last } = await read({ limit: 1 })
  const armed = endpoint.clock.armed
  const waiting = read({ after: last, wait: 20 })
  while (endpoint.clock.armed <= armed) await new Promise((go) => setImmediate(go))
  await endpoint.clock.advance(20_000)
  expect((await waiting).lines).toEqual([])
})

it('answers all waiting requests when it stops', async () => {
  const { last } = await read({ limit: 1 })
  const armed = endpoint.clock.armed
  const waiting = read({ after: last, wait: 30 })
  while (endpoint.clock.armed <= armed) await new Promise((go) => setImmediate(go))
  endpoint.activity.close()
  expect((await waiting).lines).toEqual([])
})

it('gives way to every request except another reading', async () => {
  // Also requests the OpenAPI document, if that was not done before.
  await read()
  const goesFirst = vi.spyOn(endpoint.activity.precedence, 'goesFirst')
  await read()
  expect(goesFirst).not.toHaveBeenCalled()
  await endpoint.form('/oauth/token', { grant_type: 'client_credentials' })
  await endpoint.manage('GET', '/v1/status')
  expect(goesFirst).toHaveBeenCalledTimes(2)
})
