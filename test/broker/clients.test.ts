import { beforeEach, describe, expect, it } from 'vitest'
import { type Client, Clients, cliClient, trayClient } from '../../main/broker/clients.ts'
import { createMemorySettings } from '../../main/settings/memory-settings.ts'
import type { SettingsStore } from '../../main/settings/settings.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { codeOf } from '../helpers/make-broker.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { recorded } from '../helpers/recorded-settings.ts'

let clock: FakeClock
let settings: SettingsStore
let clients: Clients

beforeEach(() => {
  clock = new FakeClock()
  settings = createMemorySettings()
  clients = new Clients(recorded(settings), clock)
})

function add(name = 'editor', ...accounts: string[]) {
  const { client, secret } = clients.add(name, { accountUids: accounts })
  registerSecret(secret.reveal())
  return { client, secret: secret.reveal() }
}

describe('a client', () => {
  it('is identified by its id and secret, of which only the hash is stored', () => {
    const { client, secret } = add()
    expect(clients.authenticate(client.id, secret)).toEqual(client)
    expect(JSON.stringify(settings.read())).not.toContain(secret)
    expect(settings.read().clients[0]?.secretHash).toMatch(/^[0-9a-f]{64}$/)
  })

  it('has an id and a secret of letters and digits, with 256 random bits in the secret', () => {
    const { client, secret } = add()
    expect(client.id).toMatch(/^[A-Za-z0-9]+$/)
    expect(secret).toMatch(/^[A-Za-z0-9]{43,}$/)
    expect(add('another').secret).not.toBe(secret)
  })

  it.each([
    { problem: 'a wrong secret', id: () => add().client.id, secret: markedSecret() },
    { problem: 'no secret', id: () => add().client.id, secret: '' },
    { problem: 'an unknown id', id: () => 'unknown', secret: markedSecret() },
    { problem: 'the id of a built-in client', id: () => cliClient.id, secret: '' },
  ])('is not authenticated with $problem', ({ id, secret }) => {
    expect(clients.authenticate(id(), secret)).toBeNull()
  })

  it('is not authenticated with the secret of another client', () => {
    const { client } = add('one')
    const { secret } = add('two')
    expect(clients.authenticate(client.id, secret)).toBeNull()
  })

  it.each(['', 'Upper', 'with space', 'a/b', 'x'.repeat(65)])(
    'cannot have the name %j',
    async (name) => {
      expect(await codeOf((async () => clients.add(name, {}))())).toBe('invalid_request')
    },
  )

  it.each(['editor', 'cli', 'tray'])('cannot have the name %s, which is taken', async (name) => {
    add('editor')
    expect(await codeOf((async () => clients.add(name, {}))())).toBe('already_exists')
  })

  it('is unknown once it is removed, and so are its grants', () => {
    const { client, secret } = add('editor', 'account')
    clients.remove(client)
    expect(clients.authenticate(client.id, secret)).toBeNull()
    expect(clients.isKnown(client)).toBe(false)
    expect(clients.isGranted(client, 'account')).toBe(false)
    expect(settings.read()).toMatchObject({ clients: [], grants: [] })
  })

  it('may use exactly the accounts that it is given, and keeps the former names of those that stay', () => {
    const { client } = add('editor', 'first', 'second')
    settings.update((all) => ({
      ...all,
      grants: all.grants.map((grant) => ({ ...grant, formerly: [`sftpgo/old-${grant.account}`] })),
    }))
    expect(clients.change(client, { accountUids: ['second', 'third'] })).toEqual(['first'])
    expect(clients.grantedUids(client).toSorted()).toEqual(['second', 'third'])
    expect(clients.formerlyNamed(client, 'sftpgo/old-second')).toBe('second')
    expect(clients.formerlyNamed(client, 'sftpgo/old-first')).toBeUndefined()
  })

  it('has the token lifetime that it is given, or that of each account', () => {
    const account = { leaseSeconds: 900 }
    const { client } = add('editor', 'first')
    const other = add('other', 'first')
    expect(clients.leaseSecondsOf(client, account)).toBe(900)
    expect(clients.change(client, { leaseSeconds: 300 })).toEqual([])
    expect(clients.leaseSecondsOf(client, account)).toBe(300)
    expect(clients.leaseSecondsOf(other.client, account)).toBe(900)
    expect(clients.grantedUids(client)).toEqual(['first'])
    clients.change(client, { accountUids: ['second'] })
    expect(clients.recordOf(client.id)?.leaseSeconds).toBe(300)
    clients.change(client, { leaseSeconds: 0 })
    expect(clients.recordOf(client.id)).not.toHaveProperty('leaseSeconds')
    expect(clients.leaseSecondsOf(client, account)).toBe(900)
    const { client: brief } = clients.add('brief', { leaseSeconds: 60 })
    expect(clients.leaseSecondsOf(brief, account)).toBe(60)
  })

  it('gets its grants without a change to those of another', () => {
    const { client } = add('editor', 'first')
    const other = add('other', 'first')
    clients.change(client, { accountUids: ['second'] })
    expect(clients.grantedUids(other.client)).toEqual(['first'])
  })

  it.each([
    ['it is removed', (client: Client) => clients.remove(client)],
    ['all clients are deleted', () => settings.update((all) => ({ ...all, clients: [] }))],
  ])('is still called by its name once %s, while its tokens are revoked', (_, remove) => {
    const { client } = add('editor')
    expect(clients.nameOf(client.id)).toBe('editor')
    remove(client)
    expect(clients.findByName('editor')).toBeUndefined()
    expect(clients.nameOf(client.id)).toBe('editor')
  })

  it('has a new secret under the same id, and the old one is refused at once', () => {
    const { client, secret } = add()
    const fresh = clients.newSecret(client).reveal()
    registerSecret(fresh)
    expect(fresh).toMatch(/^[A-Za-z0-9]{43,}$/)
    expect(clients.authenticate(client.id, secret)).toBeNull()
    expect(clients.authenticate(client.id, fresh)).toEqual(client)
    expect(JSON.stringify(settings.read())).not.toContain(fresh)
  })

  it('is found by its name, and its name by its id', () => {
    const { client } = add()
    expect(clients.findByName('editor')).toEqual(client)
    expect(clients.findByName('nobody')).toBeUndefined()
    expect(clients.findByName('cli')).toBe(cliClient)
    expect(clients.nameOf(client.id)).toBe('editor')
    expect(clients.nameOf(trayClient.id)).toBe('tray')
  })
})

describe('a grant', () => {
  it('applies to one client and one account only', () => {
    const { client } = add('editor', 'account')
    expect(clients.isGranted(client, 'account')).toBe(true)
    expect(clients.isGranted(client, 'another')).toBe(false)
    expect(clients.isGranted(add('other').client, 'account')).toBe(false)
    expect(clients.grantedUids(client)).toEqual(['account'])
  })

  it('is found without going through the grants of all others', () => {
    const all = Array.from({ length: 50 }, (_, index) => add(`tool${index}`, 'one', 'two').client)
    let looks = 0
    const stored = settings.read()
    const grants = stored.grants.map((grant) => ({
      ...grant,
      get client() {
        looks += 1
        return grant.client
      },
    }))
    const many = { ...settings, read: () => read }
    const read = { ...stored, grants }
    const counted = new Clients(recorded(many), clock)
    for (const client of all) expect(counted.grantedUids(client)).toEqual(['one', 'two'])
    expect(looks).toBeLessThanOrEqual(grants.length)
  })

  it('is permanent for the built-in clients', () => {
    expect(clients.isGranted(cliClient, 'anything')).toBe(true)
    expect(clients.isGranted(trayClient, 'anything')).toBe(true)
  })

  it('is stored once', () => {
    const { client } = add()
    clients.grant(client, 'account')
    clients.grant(client, 'account')
    expect(clients.isGranted(client, 'account')).toBe(true)
    expect(settings.read().grants).toHaveLength(1)
  })

  it('expires at its time, and is replaced when the user allows again', () => {
    const { client } = add()
    const until = clock.now() + 60_000
    settings.update((before) => ({
      ...before,
      grants: [{ client: client.id, account: 'account', until }],
    }))
    expect(clients.isGranted(client, 'account')).toBe(true)
    clock.jumpWall(60_000)
    expect(clients.isGranted(client, 'account')).toBe(false)
    expect(clients.grantedUids(client)).toEqual([])
    clients.grant(client, 'account')
    expect(clients.isGranted(client, 'account')).toBe(true)
    expect(settings.read().grants).toEqual([{ client: client.id, account: 'account', until: null }])
  })

  it('is not given to a client that was removed in the meantime', () => {
    const { client } = add()
    clients.remove(client)
    clients.grant(client, 'account')
    expect(settings.read().grants).toEqual([])
  })
})
