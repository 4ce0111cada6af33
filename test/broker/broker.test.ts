import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { Secret } from '../../main/base/secret.ts'
import { cliClient } from '../../main/broker/clients.ts'
import type { AccountRecord } from '../../main/settings/schema.ts'
import { codeOf, diskFull, idle, makeBroker, tokenOf, until } from '../helpers/make-broker.ts'
import { MINUTE, twoAccounts } from './set-ups.ts'

describe('locking', () => {
  it('drops token and credential from memory; unlocking reuses the token without a login', async () => {
    const { broker, issue, shared, files } = await twoAccounts()
    const before = await issue(cliClient, shared)
    broker.lock()
    expect(broker.locked).toBe(true)
    expect(shared.session.current).toBeNull()
    broker.unlock()
    expect(broker.locked).toBe(false)
    const after = await issue(cliClient, shared)
    expect(after.lease).toBe(before.lease)
    expect(files.calls).toMatchObject({ login: 1, probe: 1 })
  })

  it('does not affect closing leases and the status', async () => {
    const { broker, issue, dedicated, cluster } = await twoAccounts()
    await issue(cliClient, dedicated)
    broker.lock()
    expect(broker.leases.count).toBe(1)
    expect(await broker.closeLeases({}, cliClient)).toMatchObject([{ atService: 'ended' }])
    expect(cluster.alive).toEqual([])
  })

  it('keeps a token that was revoked meanwhile from being reused', async () => {
    const { broker, issue, shared, files } = await twoAccounts()
    const before = await issue(cliClient, shared)
    broker.lock()
    await broker.closeLeases({}, cliClient)
    expect(files.alive).toEqual([])
    broker.unlock()
    expect(shared.session.current).toBeNull()
    expect(tokenOf(await issue(cliClient, shared))).not.toBe(tokenOf(before))
  })

  it('keeps tokens from being renewed ahead of expiry', async () => {
    const { broker, issue, shared, files, clock } = await twoAccounts()
    await issue(cliClient, shared)
    broker.lock()
    await clock.advance(30 * MINUTE)
    expect(files.calls.login).toBe(1)
  })

  it('works even if it cannot be stored, which it reports', async () => {
    const { broker, issue, shared, faults } = await twoAccounts()
    faults.settings = diskFull()
    expect(await codeOf((async () => broker.lock())())).toBe('record_unavailable')
    expect(await codeOf(issue(cliClient, shared))).toBe('vault_locked')
    expect(shared.session.current).toBeNull()
  })

  it('twice in a row loses nothing', async () => {
    const { broker, issue, shared, files } = await twoAccounts()
    broker.lock()
    broker.lock()
    broker.unlock()
    broker.unlock()
    await issue(cliClient, shared)
    expect(files.calls.login).toBe(1)
  })
})

describe('changing an account', () => {
  it('to dedicated leases revokes the session token once no lease holds it', async () => {
    const { broker, issue, shared, files, clock } = await twoAccounts()
    const before = await issue(cliClient, shared)
    broker.changeAccount(shared, { leaseKind: 'dedicated' })
    await idle()
    expect(files.accepts(tokenOf(before))).toBe(true)
    await clock.advance(15 * MINUTE)
    await until(() => files.alive.length === 0)
  })

  it('to dedicated leases revokes an unheld session token at once', async () => {
    const { broker, shared, files } = await twoAccounts()
    broker.changeAccount(shared, { leaseKind: 'dedicated' })
    await until(() => files.alive.length === 0)
  })

  it('back to shared leases logs in on the next request', async () => {
    const { broker, issue, shared, files } = await twoAccounts()
    broker.changeAccount(shared, { leaseKind: 'dedicated' })
    broker.changeAccount(shared, { leaseKind: 'shared' })
    expect((await issue(cliClient, shared)).lease.kind).toBe('shared')
    expect(files.calls).toMatchObject({ login: 2, mint: 0 })
  })

  it('changes the lifetime of new leases', async () => {
    const { broker, issue, dedicated } = await twoAccounts()
    broker.changeAccount(dedicated, { leaseSeconds: 120 })
    expect((await issue(cliClient, dedicated)).lease.lifetime.lengthMs).toBe(120_000)
  })

  it('refuses a lease kind that the service does not support', async () => {
    const { broker, dedicated } = await twoAccounts()
    const change = (async () => broker.changeAccount(dedicated, { leaseKind: 'shared' }))()
    expect(await codeOf(change)).toBe('not_supported')
  })

  it('refuses dedicated leases if every login needs a one-time code', async () => {
    const { broker, service, newAccount } = await makeBroker()
    service.code = '123456'
    const account = await newAccount('work', 0, '123456')
    const change = (async () => broker.changeAccount(account, { leaseKind: 'dedicated' }))()
    expect(await codeOf(change)).toBe('not_supported')
    expect(account.session.current).not.toBeNull()
  })
})

describe('the looks of an account', () => {
  const looksOf = ({ record }: { readonly record: AccountRecord }) => {
    const { displayName, color, pinned } = record
    return { displayName, color, pinned }
  }

  it('are changed one by one, stored, and recorded', async () => {
    const { broker, shared, recorded, settings } = await twoAccounts()
    broker.changeAccount(shared, { displayName: ' Продакшн ', color: 'red' }, cliClient)
    broker.changeAccount(shared, { pinned: true }, cliClient)
    const looks = { displayName: 'Продакшн', color: 'red', pinned: true }
    expect(looksOf(broker.accounts.getByUid(shared.uid))).toEqual(looks)
    expect(settings.read().accounts[0]).toMatchObject(looks)
    await broker.recorded()
    const changes = recorded.filter(({ event }) => event === 'account_changed')
    expect(changes).toMatchObject([
      { setting: 'displayName', from: '', to: 'Продакшн', route: 'v1' },
      { setting: 'color', from: '', to: 'red' },
      { setting: 'pinned', from: 'false', to: 'true' },
    ])
  })

  it('are removed again, and nothing of them stays', async () => {
    const { broker, shared, settings } = await twoAccounts()
    broker.changeAccount(shared, { displayName: 'Продакшн', color: 'red', pinned: true })
    broker.changeAccount(shared, { displayName: '', color: 'none', pinned: false })
    expect(looksOf(broker.accounts.getByUid(shared.uid))).toEqual({})
    expect(JSON.stringify(settings.read().accounts[0])).not.toMatch(/displayName|color|pinned/)
  })
})

describe('the audit event of a closed lease', () => {
  it('names client, account, reason and actor', async () => {
    const { broker, issue, dedicated, recorded, client } = await twoAccounts()
    const { lease } = await issue(client('tool', dedicated), dedicated)
    await broker.closeLeases({}, cliClient)
    expect(recorded.filter(({ event }) => event === 'end')).toEqual([
      {
        event: 'end',
        client: 'tool',
        account: 'giantswarm/cluster',
        lease: lease.id,
        fingerprint: lease.fingerprint,
        ...{ cause: 'asked', route: 'v1' },
      },
    ])
  })

  it('does not prevent closing if it cannot be written, and is written with the next event', async () => {
    const { broker, issue, dedicated, cluster, faults, logged, recorded } = await twoAccounts()
    await issue(cliClient, dedicated)
    faults.audit = diskFull()
    expect(await broker.closeLeases({}, cliClient)).toMatchObject([{ atService: 'ended' }])
    expect(cluster.alive).toEqual([])
    expect(logged).toContain('what has happened could not be recorded yet')
    await idle()
    expect(recorded.map(({ event }) => event)).not.toContain('end')
    faults.audit = null
    broker.lock(cliClient)
    await broker.recorded()
    const late = recorded.slice(-3).map(({ event }) => event)
    expect(late.sort()).toEqual(['end', 'lock', 'token_revoked'])
  })
})

describe('a client that is removed or changed', () => {
  it('is removed with its leases, and those of other clients stay', async () => {
    const { broker, issue, dedicated, client, cluster } = await twoAccounts()
    const [one, two] = [client('one', dedicated), client('two', dedicated)]
    const { lease } = await issue(one, dedicated)
    const other = await issue(two, dedicated)
    expect((await broker.removeClient(one)).leases).toMatchObject([{ lease, atService: 'ended' }])
    expect(cluster.alive).toEqual([tokenOf(other)])
    expect(broker.clients.findByName('one')).toBeUndefined()
  })

  it('may use the accounts that it is given from now on, and its leases for others are closed', async () => {
    const { broker, issue, client, shared, dedicated, cluster, recorded } = await twoAccounts()
    const tool = client('tool', dedicated)
    const other = client('other', dedicated)
    const { lease } = await issue(tool, dedicated)
    const kept = await issue(other, dedicated)
    const ended = await broker.changeClient(tool, { accountUids: [shared.uid] }, cliClient)
    expect(ended.leases).toMatchObject([{ lease, atService: 'ended' }])
    expect(cluster.alive).toEqual([tokenOf(kept)])
    expect(broker.clients.isGranted(tool, dedicated.uid)).toBe(false)
    expect(await issue(tool, shared)).toBeDefined()
    expect(recorded).toContainEqual(
      expect.objectContaining({ event: 'end', client: 'tool', cause: 'grant_removed' }),
    )
  })
})

describe('a reset', () => {
  it('logs everything out and deletes accounts, clients, grants and credentials', async () => {
    const { broker, issue, shared, dedicated, client, files, cluster, settings, vault, recorded } =
      await twoAccounts()
    settings.update((before) => ({ ...before, port: 4711 }))
    await issue(client('tool', shared), shared)
    await issue(cliClient, dedicated)
    broker.lock()
    await broker.reset()
    expect([...files.alive, ...cluster.alive]).toEqual([])
    expect(settings.read()).toMatchObject({
      ...{ port: 4711, locked: false, accounts: [], clients: [], grants: [] },
    })
    expect((await vault.keys()).filter((key) => key.startsWith('credential/'))).toEqual([])
    expect(recorded.slice(-2)).toEqual([
      { event: 'reset', route: 'broker' },
      { event: 'unlock', route: 'broker' },
    ])
    expect([broker.locked, broker.leases.count]).toEqual([false, 0])
  })

  it('deletes credentials that belong to no known account', async () => {
    const { broker, vault } = await twoAccounts()
    await vault.set('credential/of-an-earlier-life', new Secret('x'))
    await broker.reset()
    expect((await vault.keys()).filter((key) => key.startsWith('credential/'))).toEqual([])
  })

  it('keeps revoking what the service could not revoke at that time', async () => {
    const { broker, issue, dedicated, cluster, clock } = await twoAccounts()
    await issue(cliClient, dedicated)
    cluster.outage = new TokentrayError('temporarily_unavailable')
    await broker.reset()
    expect(broker.revoker.tracker.counts().pending).toBe(1)
    cluster.outage = null
    await clock.advance(MINUTE)
    await until(() => cluster.alive.length === 0)
  })

  it('deletes nothing while the keychain cannot be read', async () => {
    const { broker, faults, settings } = await twoAccounts()
    faults.vault = new TokentrayError('vault_locked')
    expect(await codeOf(broker.reset())).toBe('vault_locked')
    expect(settings.read().accounts).toHaveLength(2)
  })
})
