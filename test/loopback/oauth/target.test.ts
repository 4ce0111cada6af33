import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../main/broker/clients.ts'
import { findTarget } from '../../../main/loopback/oauth/target.ts'
import { type AccountRecord, defaultSettings } from '../../../main/settings/schema.ts'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'

const addresses = {
  root: 'https://files.example',
  slash: 'https://slash.example/',
  api: 'https://multi.example/api',
  deep: 'https://multi.example/api/v2',
  other: 'https://multi.example/other/',
  port: 'https://files.example:8443',
  plain: 'http://files.example',
  /** Not entered by the user: the service's own, stored at login. */
  learned: 'https://learned.example',
  ungranted: 'https://ungranted.example',
}

function record(name: string, url: string, index: number): AccountRecord {
  const isLearned = name === 'learned'
  return {
    uid: `${'a'.repeat(16)}${index}`,
    provider: 'sftpgo',
    name,
    label: name,
    values: isLearned ? {} : { url },
    ...(isLearned && { learned: { url } }),
    leaseKind: 'shared',
    leaseSeconds: 900,
    state: 'signed_out',
    needsCode: false,
    createdAt: 0,
  }
}

let endpoint: TestLoopback
let client: Client
beforeAll(async () => {
  const accounts = Object.entries(addresses).map(([name, url], index) => record(name, url, index))
  endpoint = await makeLoopback({ settings: { ...defaultSettings, accounts } })
  const granted = accounts.filter(({ name }) => name !== 'ungranted').map(({ uid }) => uid)
  client = endpoint.broker.clients.add('tool', { accountUids: granted }).client
})
afterAll(() => endpoint.close())

/** The name of the account found, or the error code. */
function find(named: {
  readonly audience?: string
  readonly resources?: readonly string[]
}): string {
  const { accounts, clients } = endpoint.broker
  const { audience, resources = [] } = named
  const target = findTarget({ audience, resources }, client, accounts, clients)
  return 'account' in target ? target.account.record.name : target.refusal.code
}

describe('findTarget', () => {
  it.each([
    ['the address itself', 'https://files.example', 'root'],
    ['a path below it', 'https://files.example/api/v2/user/dirs', 'root'],
    ['a query after it', 'https://files.example/?a=b', 'root'],
    ['the default port', 'https://files.example:443/', 'root'],
    ['the host in capitals', 'HTTPS://FILES.EXAMPLE/', 'root'],
    ['another port', 'https://files.example:8443/x', 'port'],
    ['another scheme', 'http://files.example/x', 'plain'],
    ['an address that a login has learned', 'https://learned.example/x', 'learned'],
    ['an address stored with a slash', 'https://slash.example/x', 'slash'],
    ['a path that is one of several', 'https://multi.example/other/x', 'other'],
    ['a path without its slash', 'https://multi.example/other', 'other'],
    ['the shorter of two paths', 'https://multi.example/api', 'api'],
    ['a segment that begins like the longer one', 'https://multi.example/api/v22', 'api'],
    ['dots that lead to another path', 'https://multi.example/api/v2/../../other', 'other'],
  ])('matches %s', (_what, resource, name) => {
    expect(find({ resources: [resource] })).toBe(name)
  })

  it.each([
    ['an unknown host', 'https://nothing.example/'],
    ['a host that ends like ours', 'https://evil-files.example/'],
    ['a subdomain', 'https://a.files.example/'],
    ['an unknown port', 'https://files.example:444/'],
    ['an unknown scheme', 'ftp://files.example/'],
    ['a path beside the others', 'https://multi.example/'],
    ['a path with the same prefix', 'https://multi.example/otherwise'],
    ['a path in other case', 'https://multi.example/OTHER/'],
    ['a path that fits two accounts', 'https://multi.example/api/v2'],
    ['an address that is not granted', 'https://ungranted.example/'],
    ['a fragment', 'https://files.example/#x'],
    ['an empty fragment', 'https://files.example/#'],
    ['a name and a password', 'https://a:b@files.example/'],
    ['a path alone', '/api'],
    ['a bare host', 'files.example'],
    ['a script', 'javascript:alert(1)'],
    ['an invalid URL', 'https://files.example:99999/'],
  ])('refuses %s', (_what, resource) => {
    expect(find({ resources: [resource] })).toBe('invalid_target')
  })

  it('accepts several resources of one account, and refuses resources of two', () => {
    const [one, two, foreign] = [
      'https://files.example/a',
      'https://files.example/b',
      'https://slash.example/',
    ]

    expect(find({ resources: [one, two] })).toBe('root')
    expect(find({ resources: [one, foreign] })).toBe('invalid_target')
    expect(find({ resources: [one, 'nonsense'] })).toBe('invalid_target')
  })

  it('prefers the audience to the resource', () => {
    expect(find({ audience: 'sftpgo/root', resources: ['https://slash.example/'] })).toBe('root')
    expect(find({ audience: 'sftpgo/none', resources: ['https://slash.example/'] })).toBe(
      'invalid_target',
    )
  })

  it('does not choose an account if none is named', () => {
    expect(find({})).toBe('invalid_target')
  })
})
