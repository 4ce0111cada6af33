import { setImmediate as endOfTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { type SnapshotSources, toSnapshot } from '../../../main/desktop/ipc/snapshot.ts'
import type { Snapshot } from '../../../preload/snapshot.ts'
import { makeBroker, prepareBroker, type TestBroker, tokenOf } from '../../helpers/make-broker.ts'
import { findLeaks, readRegister } from '../../helpers/marks.ts'
import { toRunning } from '../running.ts'

const preferences: SnapshotSources['preferences'] = {
  ...{ clipboardSeconds: 20, leaseSeconds: 600, lockOnSleep: false },
  ...{ startAtLogin: true, leaseKind: 'dedicated', accountOrder: 'service', globalShortcut: true },
  ...{ lockAfterIdleMinutes: 15, theme: 'dark' },
  ...{ zoom: 125, notifyCopied: false, notifyLoginRequired: true, notifyServiceLimits: false },
}

const idle: SnapshotSources = {
  ...{ phase: 'starting', otherBroker: null, running: null, memory: false },
  ...{ version: '1.0.0', locale: 'de-DE' },
  ...{ copied: null, preferences, dismissed: new Set(), isUnseen: false, unshown: [] },
  hasFreshSecret: () => false,
}

const snapshotOf = (test: TestBroker, change: Partial<SnapshotSources> = {}) =>
  toSnapshot({ ...idle, phase: 'running', running: toRunning(test), ...change }, 7)

it('says if no panel shows the icon', async () => {
  expect((await toSnapshot(idle, 1)).status.noTray).toBeUndefined()
  expect((await toSnapshot({ ...idle, isUnseen: true }, 1)).status.noTray).toBe(true)
})

it('lists notifications that the system did not show, until they are dismissed', async () => {
  const unshown = ['Notification not shown at 15:31: x. y']
  expect((await toSnapshot({ ...idle, unshown }, 1)).status).toMatchObject({
    ...{ notices: unshown, unshown: true },
  })
  const { status } = await toSnapshot({ ...idle, unshown, dismissed: new Set(unshown) }, 2)
  expect([status.notices, status.unshown]).toEqual([[], undefined])
})

it('can be built before there is a broker, and while another one runs', async () => {
  expect(await toSnapshot(idle, 1)).toMatchObject({
    ...{ revision: 1, phase: 'starting', accounts: [], leases: [], providers: [], preferences },
    status: { vault: 'ready', issuer: '', notices: [], version: '1.0.0', locale: 'de-DE' },
  })
  const otherBroker = { kind: 'agent', pid: 7 } as const
  expect(await toSnapshot({ ...idle, phase: 'blocked', otherBroker }, 2)).toMatchObject({
    otherBroker,
  })
})

it('does not say that there are no tokens before the list could be read', async () => {
  const test = prepareBroker()
  expect((await snapshotOf(test)).status.tokensUnknown).toBe(true)
  await test.broker.start()
  expect((await snapshotOf(test)).status.tokensUnknown).toBeUndefined()
})

it('says that another program uses the port, as long as it does', async () => {
  const test = await makeBroker()
  const portTaken = { port: 4711, message: 'Port 4711 is in use.', hint: 'Stop that program.' }
  const of = async (trouble: typeof portTaken | null) => {
    const running = toRunning(test, { portTrouble: () => trouble })
    return (await snapshotOf(test, { running })).status.portTaken
  }
  expect([await of(portTaken), await of(null)]).toEqual([portTaken, undefined])
})

it('shows the progress of a reset or a revocation while it runs', async () => {
  const test = await makeBroker()
  const { bulk } = test.broker
  const of = async () => {
    const { resetting, revoking } = (await snapshotOf(test)).status
    return { resetting, revoking }
  }
  await bulk.run('reset', 200, async (step) => {
    step()
    expect(await of()).toEqual({ resetting: { done: 1, total: 200 }, revoking: undefined })
    await bulk.run('revoke', 30, async () => {
      expect((await of()).revoking).toEqual({ done: 0, total: 30 })
    })
  })
  expect(await of()).toEqual({ resetting: undefined, revoking: undefined })
})

it('shows accounts, leases, clients and preferences', async () => {
  const test = await makeBroker({ services: [{ with: ['revokeAll', 'portalLink'] }] })
  const account = await test.newAccount()
  const looks = { displayName: 'Продакшн', color: 'red', pinned: true } as const
  test.broker.changeAccount(account, looks)
  const client = test.client('deploy', account)
  const { lease } = await test.issue(client, account, { reason: 'release' })
  const snapshot = await snapshotOf(test, {
    copied: { account: account.id, form: 'curl', lease: 'l1', clearsAt: 5 },
    hasFreshSecret: (tool) => tool === client.id,
  })
  expect(snapshot).toMatchObject({
    revision: 7,
    status: { locked: false, vault: 'ready', issuer: 'http://127.0.0.1:4711', pending: 0 },
    providers: [{ id: 'sftpgo', sharesCredential: false }],
    accounts: [
      {
        ...{ id: 'sftpgo/work', provider: 'sftpgo', providerTitle: 'Fake service', name: 'work' },
        ...{ label: 'alice at fake', state: 'signed_in', leases: 1, leaseKind: 'shared' },
        ...looks,
        ...{ sessionEndsAt: test.clock.now() + 1_200_000, revokeAllHits: 'everybody in it' },
        operations: ['revoke_all', 'rotate', 'portal'],
        values: { url: 'https://service.example' },
      },
    ],
    leases: [
      {
        ...{ id: lease.id, client: 'deploy', account: 'sftpgo/work', kind: 'shared' },
        ...{ openedAt: test.clock.now(), endsAt: lease.lifetime.endsAt, reason: 'release' },
      },
    ],
    copied: { account: 'sftpgo/work', form: 'curl', lease: 'l1', clearsAt: 5 },
    clients: [{ id: client.id, name: 'deploy', accounts: ['sftpgo/work'], hasFreshSecret: true }],
    preferences,
  })
  expect(snapshot.providers[0]?.fields.map(({ name }) => name)).toEqual([
    ...['url', 'application', 'password', 'otp', 'caFile'],
  ])
})

it('offers no dedicated lease if each would need a one-time code', async () => {
  const test = await makeBroker({ services: [{ mintsFrom: 'credential' }] })
  test.service.code = '123456'
  const account = await test.newAccount('work', 0, '123456')
  expect(account.driver.leaseKinds).toEqual(['shared', 'dedicated'])
  expect((await snapshotOf(test)).accounts).toMatchObject([
    { needsCode: true, leaseKinds: ['shared'] },
  ])
})

it('contains no secret', async () => {
  const test = await makeBroker({ services: [{ leaseKinds: ['dedicated', 'shared'] }] })
  const account = await test.newAccount()
  const issued = await test.issue(cliClient, account)
  await test.issue(test.client('deploy', account), account)
  const drawn = JSON.stringify(await snapshotOf(test))
  expect(findLeaks(drawn, readRegister())).toEqual([])
  expect(drawn).not.toContain('[secret]')
  // The search works: it finds other values.
  expect(findLeaks(tokenOf(issued), readRegister())).toHaveLength(1)
})

it('omits stored values that no field asks for', async () => {
  const test = await makeBroker()
  const account = await test.newAccount()
  const { url = '' } = account.record.values
  test.broker.accounts.change(account.uid, { values: { url, forgotten: 'x', password: 'x' } })
  expect((await snapshotOf(test)).accounts[0]?.values).toEqual({ url })
})

it('says why the keychain cannot be used, with a hint for the window', async () => {
  const test = prepareBroker()
  test.faults.vault = new TokentrayError('vault_unavailable')
  await test.broker.start()
  expect((await snapshotOf(test)).status).toMatchObject({
    vault: 'vault_unavailable',
    vaultProblem: { code: 'vault_unavailable', message: 'The keychain is not available.' },
  })
  expect((await snapshotOf(test)).status.vaultProblem?.hint).not.toContain('tokentray serve')
})

it('shows the keychain as of the last check, not of its last use', async () => {
  const test = await makeBroker()
  test.faults.vault = new TokentrayError('vault_locked')
  await test.broker.vault.keys().catch(() => undefined)
  expect((await snapshotOf(test)).status.vault).toBe('vault_locked')
  test.faults.vault = null
  await test.clock.advance(2_000)
  await test.broker.keychain.refresh()
  expect((await snapshotOf(test)).status).toMatchObject({ vault: 'ready' })
  expect((await snapshotOf(test)).status).not.toHaveProperty('vaultProblem')
})

it('counts tokens without a lease that are waiting to be revoked', async () => {
  const test = await makeBroker()
  await test.issue(cliClient, await test.newAccount())
  test.service.outage = new TokentrayError('temporarily_unavailable', 'It is down.')
  await test.broker.closeLeases({}, cliClient)
  const { status, lingering } = await snapshotOf(test)
  expect([status.pending, lingering.length]).toEqual([1, 1])
})

it('shows session tokens without a lease', async () => {
  const test = await makeBroker()
  await test.newAccount()
  expect((await snapshotOf(test)).sessions).toMatchObject([
    { account: 'sftpgo/work', mayBeOut: false },
  ])
})

it('shows each notice once, until it is dismissed', async () => {
  const test = await makeBroker()
  const running = toRunning(test, { notices: ['Port taken.', 'Set aside.', 'Set aside.'] })
  const dismissed = new Set(['Port taken.'])
  expect((await snapshotOf(test, { running, dismissed })).status.notices).toEqual(['Set aside.'])
})

it('is frozen', async () => {
  expect(Object.isFrozen(await toSnapshot(idle, 1))).toBe(true)
})

type Plain = string | number | boolean | null | undefined

/** Every leaf value of a type. */
type Leaves<Type> = Type extends Plain
  ? Type
  : Type extends readonly (infer Member)[]
    ? Leaves<Member>
    : Type extends object
      ? { [Name in keyof Type]-?: Leaves<Type[Name]> }[keyof Type]
      : Type

it('has a type that no secret fits in', () => {
  const endsInPlainValues: Leaves<Snapshot> extends Plain ? true : never = true
  const isNoSecret: Secret extends Leaves<Snapshot> ? never : true = true
  const wouldShow: Secret extends Leaves<{ a: readonly { b: Secret }[] }> ? false : true = true
  // @ts-expect-error a secret is no string
  const copied: Snapshot['copied'] = { account: new Secret('x'), form: 'token', clearsAt: 1 }
  expect([endsInPlainValues, isNoSecret, wouldShow, copied !== null]).toEqual(
    [...Array(4)].map(() => true),
  )
})

it('is built over many turns if it is large, with tokens issued in between', async () => {
  const test = await makeBroker()
  const account = await test.newAccount()
  await test.issue(test.client('tool', account), account)
  const { broker } = test
  const turns = new Set<number>()
  let turn = 0
  let isOver = false
  const others = (async () => {
    for (; !isOver; turn += 1) await endOfTurn()
  })()
  /** A thousand entries, each of which records the turn in which it is read. */
  const thousand = <Item extends object>([item]: readonly Item[], name: keyof Item) => {
    if (!item) throw new Error('There is none.')
    const get = () => {
      turns.add(turn)
      return item[name]
    }
    return Array.from({ length: 1_000 }, () => Object.defineProperty({ ...item }, name, { get }))
  }
  const [accounts, leases] = [broker.accounts.all(), broker.leases.list()]
  const clients = broker.clients.records()
  for (const many of [
    () => {
      broker.accounts.all = () => thousand(accounts, 'id')
    },
    () => {
      broker.leases.list = () => thousand(leases, 'id')
    },
    () => {
      broker.clients.records = () => thousand(clients, 'name')
    },
  ]) {
    many()
    turns.clear()
    await snapshotOf(test)
    expect(turns.size).toBeGreaterThanOrEqual(10)
    Object.assign(broker.accounts, { all: () => accounts })
    Object.assign(broker.leases, { list: () => leases })
    Object.assign(broker.clients, { records: () => clients })
  }
  isOver = true
  await others
})
