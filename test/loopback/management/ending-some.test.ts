import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { endAnswer, tokenAnswer } from '../../../main/loopback/schemas/schemas.ts'
import { basic, makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { eventually } from '../../helpers/waiting.ts'

let endpoint: TestLoopback
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
})
afterAll(() => endpoint.close())

const wanted = [
  ['one', 'sftpgo/alice'],
  ['one', 'giantswarm/bob'],
  ['two', 'sftpgo/alice'],
  ['two', 'giantswarm/bob'],
] as const
const held = (of: (client: string, account: string) => boolean) =>
  wanted.filter(([client, account]) => of(client, account)).map((pair) => pair.join(' '))

/** The open leases, as `CLIENT ACCOUNT`. */
async function open(): Promise<string[]> {
  const { body } = await endpoint.manage('GET', '/v1/leases')
  const leases = body['leases'] as { client: string; account: string }[]
  return leases.map(({ client, account }) => `${client.replace(/-.*/, '')} ${account}`).sort()
}

const end = async (which: object) =>
  endAnswer.parse((await endpoint.manage('POST', '/v1/leases/end', which)).body)

describe('POST /v1/leases/end', () => {
  let count = 0
  let names: Record<'one' | 'two', string>
  let lease: string

  beforeEach(async () => {
    count += 1
    await end({ all: true })
    names = { one: `one-${count}`, two: `two-${count}` }
    const clients = {
      one: endpoint.addClient(names.one, 'sftpgo/alice', 'giantswarm/bob'),
      two: endpoint.addClient(names.two, 'sftpgo/alice', 'giantswarm/bob'),
    }
    for (const [client, audience] of wanted) {
      const fields = { grant_type: 'client_credentials', audience }
      const headers = basic(clients[client])
      const { body } = await endpoint.form('/oauth/token', fields, { headers })
      lease = tokenAnswer.parse(body).lease_id
    }
    expect(await open()).toEqual(held(() => true).sort())
  })

  it.each([
    [
      'a lease',
      () => ({ lease }),
      held((client, account) => client === 'one' || account === 'sftpgo/alice'),
    ],
    ['a client', () => ({ client: names.one }), held((client) => client === 'two')],
    [
      'an account',
      () => ({ account: 'giantswarm/bob' }),
      held((_client, account) => account === 'sftpgo/alice'),
    ],
    ['everything', () => ({ all: true }), []],
  ] as const)('closes what it names, %s, and leaves the rest open', async (_name, which, left) => {
    const { leases } = await end(which())

    expect(leases).toHaveLength(wanted.length - left.length)
    expect(await open()).toEqual([...left].sort())
    const alive = endpoint.giantswarm.aliveTokens().length
    expect(alive).toBe(left.filter((pair) => pair.endsWith('giantswarm/bob')).length)
  })

  it('retries earlier pending revocations with all, or with their account', async () => {
    endpoint.giantswarm.faults.next(Number.POSITIVE_INFINITY, { kind: 'status', status: 503 })
    try {
      expect((await end({ account: 'giantswarm/bob' })).lingering).toBeUndefined()
      const lingering = [
        { account: 'giantswarm/bob', at_service: 'pending', client: names.one },
        { account: 'giantswarm/bob', at_service: 'pending', client: names.two },
      ]
      expect((await end({ account: 'giantswarm/bob' })).lingering).toMatchObject(lingering)
      expect((await end({ account: 'sftpgo/alice' })).lingering).toBeUndefined()
      expect((await end({ all: true })).lingering).toMatchObject(lingering)
    } finally {
      endpoint.giantswarm.faults.clear()
    }
  })
})

describe('a token that SFTPGo revokes only from another address of ours', () => {
  const ask = async (more: object = {}) => {
    const wants = { account: 'sftpgo/alice', ...more }
    const { body } = await endpoint.manage('POST', '/v1/tokens', wants)
    return tokenAnswer.parse(body)
  }
  const isAlive = (token: string) => endpoint.sftpgo.aliveTokens().includes(token)

  it('is pending, with the reason', async () => {
    await ask()
    endpoint.sftpgo.changeClientIp()

    const { leases } = await end({ account: 'sftpgo/alice' })

    expect(leases).toMatchObject([{ at_service: 'pending', waits_for: 'service' }])
    expect(leases[0]?.why).toMatch(/from the network address it was issued to\.$/)
  })

  it('does not keep other tokens of the account from being revoked', async () => {
    await ask()
    endpoint.sftpgo.changeClientIp()
    await end({ account: 'sftpgo/alice' })
    const { access_token: second, lease_id } = await ask()
    expect(isAlive(second)).toBe(true)

    await ask({ refused_lease: lease_id })

    await eventually(() => isAlive(second)).toBe(false)
  })
})
