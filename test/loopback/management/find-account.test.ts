import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  basic,
  makeLoopback,
  type TestClient,
  type TestLoopback,
  toJson,
} from '../../helpers/make-loopback.ts'
import { expectRefusal } from '../refused.ts'

let endpoint: TestLoopback
beforeEach(async () => {
  await endpoint?.close()
  endpoint = await makeLoopback()
  await endpoint.newAccount()
})
afterAll(() => endpoint.close())

const ALICE = '/v1/accounts/sftpgo/alice'
const FIND = '/v1/accounts/find'
const find = (url: string) => endpoint.manage('POST', FIND, { url })
const findAs = (client: TestClient, url: string) =>
  toJson(
    fetch(endpoint.issuer + FIND, {
      method: 'POST',
      headers: { ...basic(client), 'content-type': 'application/json' },
      body: JSON.stringify({ url }),
    }),
  )
const set = (addresses: readonly string[]) => endpoint.manage('PATCH', ALICE, { addresses })

describe('the addresses of an account', () => {
  it('are those of its service until others are set, and again once these are removed', async () => {
    const own = new URL(endpoint.sftpgo.url).origin
    expect((await find(`${own}/repo.git`)).body['id']).toBe('sftpgo/alice')

    const changed = await set(['https://git.example/team/', 'https://registry.example'])

    const addresses = ['https://git.example/team', 'https://registry.example']
    expect(changed.body['addresses']).toEqual(addresses)
    expect((await find('https://git.example/team/repo.git')).body['id']).toBe('sftpgo/alice')
    expectRefusal(await find('https://git.example/teams'), 404, 'not_found')
    expectRefusal(await find(own), 404, 'not_found')

    expect((await set([])).body['addresses']).toEqual([own])
    expect((await find(own)).body['id']).toBe('sftpgo/alice')
    const lines = endpoint.events.filter(({ setting }) => setting === 'address')
    expect(lines.map(({ from, to }) => [from, to])).toEqual([
      ...addresses.map((address) => ['', address]),
      ...addresses.map((address) => [address, '']),
    ])
  })

  it('stay as they are if one of the new ones cannot be set', async () => {
    await set(['https://git.example'])
    const before = endpoint.broker.settings.read()
    for (const wrong of ['https://a:b@git.example', 'http://far.example', 'git.example', '']) {
      expectRefusal(await set(['https://other.example', wrong]), 400, 'invalid_request')
    }
    expect(endpoint.broker.settings.read()).toEqual(before)
  })

  it('are found by a tool only if it may use the account', async () => {
    await set(['https://git.example'])
    const tool = endpoint.addClient('tool', 'sftpgo/alice')
    const granted = await findAs(tool, 'https://git.example')
    expect(granted.body).toEqual({ id: 'sftpgo/alice', provider: 'sftpgo', state: 'signed_in' })

    const other = endpoint.addClient('other', 'giantswarm/bob')
    const refused = await findAs(other, 'https://git.example')
    expectRefusal(refused, 404, 'not_found')
    expect(JSON.stringify(refused.body)).not.toContain('alice')
  })
})
