import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Operation } from '../../../main/loopback/schemas/wire.ts'
import { basic, makeLoopback, type TestLoopback, toJson } from '../../helpers/make-loopback.ts'
import { expectRefusal } from '../refused.ts'
import { addTokenAccounts, type TokenAccounts } from '../token-accounts.ts'

let endpoint: TestLoopback
let services: TokenAccounts
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
  services = await addTokenAccounts(endpoint)
})
afterAll(async () => {
  await endpoint.close()
  await services.close()
})

interface Call {
  readonly operation: Operation
  readonly method: string
  readonly end: string
  readonly body?: (account: string) => object
}

const calls: readonly Call[] = [
  { operation: 'list_tokens', method: 'GET', end: 'tokens' },
  {
    ...{ operation: 'revoke_token', method: 'POST', end: 'tokens/revoke' },
    body: () => ({ id: 'nothing' }),
  },
  {
    ...{ operation: 'revoke_all', method: 'POST', end: 'tokens/revoke-all' },
    body: (account) => ({ confirm: account }),
  },
  { operation: 'rotate', method: 'POST', end: 'rotate' },
  { operation: 'portal', method: 'POST', end: 'portal', body: () => ({}) },
]

const able: Readonly<Record<string, readonly Operation[]>> = {
  'sftpgo/alice': ['rotate'],
  'giantswarm/bob': ['rotate'],
  'glowmarkt/home': ['list_tokens', 'revoke_token', 'rotate'],
  'svix/shop': ['revoke_all', 'rotate', 'portal'],
}
const titles: Readonly<Record<string, string>> = {
  'sftpgo/alice': 'SFTPGo',
  'giantswarm/bob': 'Giant Swarm',
  'glowmarkt/home': 'Glowmarkt',
  'svix/shop': 'Svix',
}

const pairs = Object.entries(able).flatMap(([account, operations]) =>
  calls.map((call) => ({ account, call, isAble: operations.includes(call.operation) })),
)
const name = (pair: (typeof pairs)[number]) =>
  [`${pair.call.operation} for ${pair.account}`, pair] as const

const asked = () =>
  [endpoint.sftpgo, endpoint.giantswarm, services.glowmarkt, services.svix].flatMap(
    ({ requests }) => requests,
  ).length

describe('an operation of a service', () => {
  it.each(Object.entries(able))('is declared by the provider: %s', async (id, operations) => {
    const { body } = await endpoint.manage('GET', '/v1/accounts')

    const accounts = body['accounts'] as readonly { id: string; operations: Operation[] }[]
    expect(accounts.find((account) => account.id === id)?.operations).toEqual(operations)
  })

  it.each(pairs.filter(({ isAble }) => isAble).map(name))('is served: %s', async (_, pair) => {
    const { account, call } = pair

    const answer = await endpoint.manage(
      call.method,
      `/v1/accounts/${account}/${call.end}`,
      call.body?.(account),
    )

    // No token has the id "nothing", which only the service can tell.
    expect(answer.status).toBe(call.operation === 'revoke_token' ? 404 : 200)
  })

  it.each(pairs.filter(({ isAble }) => !isAble).map(name))(
    'is refused if it is not declared, with a message and without a request: %s',
    async (_, { account, call }) => {
      const before = asked()

      const answer = await endpoint.manage(
        call.method,
        `/v1/accounts/${account}/${call.end}`,
        call.body?.(account),
      )

      const body = expectRefusal(answer, 400, 'not_supported')
      expect(body.error_description).toMatch(
        new RegExp(`^For ${account}, ${titles[account]} .+\\.$`),
      )
      expect(body.hint).toContain(account)
      expect(asked()).toBe(before)
    },
  )

  it.each([
    ['revoking a token', 'tokens/revoke', { id: 'nothing' }],
    ['revoking all', 'tokens/revoke-all', { confirm: 'glowmarkt/home' }],
    ['logging in', 'login', { secrets: { password: 'of the other account' } }],
  ])('applies to the intended account, not to another one with its name', async (_, end, body) => {
    const path = '/v1/accounts/glowmarkt/home'
    const { body: listed } = await endpoint.manage('GET', '/v1/accounts')
    const accounts = listed['accounts'] as readonly { id: string; uid: string }[]
    const { uid } = accounts.find(({ id }) => id === 'glowmarkt/home') ?? { uid: '' }
    const before = asked()

    const refused = await endpoint.manage('POST', `${path}/${end}`, { ...body, uid: `${uid}x` })

    expect(expectRefusal(refused, 404, 'not_found').error_description).toBe(
      'glowmarkt/home is a different account now, so nothing was done.',
    )
    expect(asked()).toBe(before)
    const meant = await endpoint.manage('POST', `${path}/${end}`, { ...body, uid })
    expect(meant.body['error_description'] ?? '').not.toMatch(/another account/)
  })

  it('is checked before the confirmation', async () => {
    const path = '/v1/accounts/sftpgo/alice/tokens/revoke-all'

    expectRefusal(await endpoint.manage('POST', path, { confirm: 'x' }), 400, 'not_supported')
  })

  it.each(calls.map((call) => [call.operation, call] as const))(
    'is for the owner only: a client with a grant cannot call %s',
    async (_, { method, end }) => {
      const client = endpoint.addClient(`c${end.replaceAll('/', '-')}`, 'glowmarkt/home')
      const url = `${endpoint.issuer}/v1/accounts/glowmarkt/home/${end}`
      const before = asked()

      for (const headers of [basic(client), { authorization: `Bearer ${client.secret}` }, {}]) {
        expectRefusal(await toJson(fetch(url, { method, headers })), 401, 'invalid_client')
      }

      expect(asked()).toBe(before)
    },
  )
})
