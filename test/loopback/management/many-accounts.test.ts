import { setImmediate as endOfTurn } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'

let endpoint: TestLoopback
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
})
afterAll(() => endpoint.close())

/** The same with a member that records when it is read. */
const watched = <Item extends object>(item: Item, name: keyof Item, look: () => void): Item =>
  Object.defineProperty({ ...item }, name, {
    get: () => {
      look()
      return item[name]
    },
    enumerable: true,
  })

it('a list of a thousand accounts, or tools, is built over many turns, in which tokens are issued', async () => {
  const { broker, manage } = endpoint
  const seen = new Set<number>()
  let turn = 0
  let isOver = false
  const others = (async () => {
    for (; !isOver; turn += 1) await endOfTurn()
  })()
  const look = () => seen.add(turn)
  const [account] = broker.accounts.all()
  if (!account) throw new Error('There is no account.')
  const { client } = broker.clients.add('many', {})
  const record = broker.clients.records().find(({ id }) => id === client.id)
  if (!record) throw new Error('There is no client.')
  const thousand = <Item extends object>(item: Item, name: keyof Item) =>
    Array.from({ length: 1_000 }, () => watched(item, name, look))
  broker.accounts.all = () => thousand(account, 'id')
  broker.clients.records = () => thousand(record, 'createdAt')
  for (const path of ['/v1/accounts', '/v1/clients']) {
    seen.clear()
    const { body } = await manage('GET', path)
    expect(Object.values(body)[0]).toHaveLength(1_000)
    expect(seen.size).toBeGreaterThanOrEqual(10)
  }
  isOver = true
  await others
})
