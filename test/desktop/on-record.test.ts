import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import { trayClient, windowClient } from '../../main/broker/clients.ts'
import { Host } from '../../main/desktop/host.ts'
import { createHandlers } from '../../main/desktop/ipc/handlers.ts'
import type { Handlers } from '../../main/desktop/ipc/ipc.ts'
import { createAutoLock } from '../../main/desktop/system/auto-lock.ts'
import { Preferences } from '../../main/desktop/system/preferences.ts'
import { FreshSecrets } from '../../main/desktop/tools/fresh-secrets.ts'
import { createMenuActions } from '../../main/desktop/tray/menu-actions.ts'
import type { MenuAction } from '../../main/desktop/tray/menu-lines.ts'
import type { Channel } from '../../preload/contract.ts'
import { idle, makeBroker, type TestBroker } from '../helpers/make-broker.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import { toRunning } from './running.ts'
import { makeSnapshot } from './samples.ts'

const ACCOUNT = 'sftpgo/work'
const services = [
  {
    leaseKinds: ['shared', 'dedicated'],
    with: ['listTokens', 'revokeById', 'revokeAll', 'portalLink', 'refresh'],
  },
] as const

let test: TestBroker
let preferences: Preferences
let handlersOf: (user: typeof windowClient) => Handlers
let window: Handlers
let startsAtLogin: boolean

beforeEach(async () => {
  test = await makeBroker({ services })
  startsAtLogin = false
  const host = new Host({
    start: async () => toRunning(test),
    findOther: () => null,
    ...{ changed: () => undefined, fatal: () => undefined, clock: test.clock },
  })
  await host.start()
  preferences = new Preferences({
    settings: () => test.broker.settings,
    loginItem: {
      isOn: () => startsAtLogin,
      set: (on) => {
        startsAtLogin = on
      },
    },
    shortcut: { isOn: false, set: () => true },
    changed: () => undefined,
  })
  handlersOf = (user) =>
    createHandlers({
      ...{ host, preferences, user },
      autoClear: {
        put: async (_text, what) => ({ ...what, clearsAt: 1 }),
        clear: async () => true,
        requireTaken: () => undefined,
      },
      snapshots: {
        ...{ take: async () => makeSnapshot(), changed: () => undefined, dismiss: () => undefined },
      },
      ...{ visit: async () => undefined, stopOther: async () => undefined },
      toolPorts: {
        freshSecrets: new FreshSecrets({ host, clock: test.clock, changed: () => undefined }),
        ask: async () => true,
      },
      ...{ chooseFile: async () => null, closePopover: () => undefined, quit: () => undefined },
      ...{ chooseNewFile: async () => null, chooseImport: async () => imported },
      ...{ openDataFolder: async () => '', copyText: async () => undefined },
      licenses: async () => [],
    })
  window = handlersOf(windowClient)
  await test.newAccount('work')
  await test.broker.issue({ client: trayClient, account: account(), route: 'test' })
  await idle()
  test.forgetRecords()
})

/** A file with an account to import. */
const imported = path.join(makeTestFolder('imported'), 'tokentray.json')
writeFileSync(
  imported,
  JSON.stringify({
    ...{ format: 'tokentray-export', version: 1 },
    accounts: [{ provider: 'sftpgo', name: 'old', values: { url: 'https://old.example' } }],
  }),
)

const account = () => test.broker.accounts.get(ACCOUNT)
const lease = () => test.broker.leases.list()[0]?.id ?? ''
const form = () => ({ values: {}, secrets: { password: new Secret(test.service.password) } })
const other = () => ({
  ...{ ...form(), provider: 'sftpgo', name: 'other' },
  values: { url: 'https://service.example' },
})

/** What a call writes to the audit log; a string says why it writes nothing. */
type Recorded = readonly [call: () => unknown, ...events: string[]] | string

const calls: Readonly<Record<Channel, Recorded>> = {
  addAccount: [() => window.addAccount(other()), 'login', 'account_added'],
  login: [() => window.login(account().uid, form()), 'login'],
  logout: [() => window.logout(account().uid), 'logout', 'end'],
  removeAccount: [() => window.removeAccount(account().uid), 'logout', 'end', 'account_removed'],
  changeAccount: [
    () =>
      window.changeAccount(account().uid, {
        name: 'home',
        leaseKind: 'dedicated',
        leaseSeconds: 60,
        ...{ displayName: 'Home', color: 'red', pinned: true },
      }),
    ...Array.from({ length: 5 }, () => 'account_changed'),
    'account_renamed',
  ],
  copy: [() => window.copy(account().uid, 'token'), 'issue'],
  endLease: [() => window.endLease(lease()), 'end'],
  endAccount: [() => window.endAccount(account().uid), 'end'],
  endAll: [() => window.endAll(), 'end'],
  revokeToken: [
    async () =>
      window.revokeToken(
        account().uid,
        (await window.listTokens(account().uid)).tokens[0]?.id ?? '',
      ),
    ...['end', 'revoke_token'],
  ],
  runOperation: [
    async () => {
      await window.runOperation(account().uid, 'revoke_all', ACCOUNT)
      await window.runOperation(account().uid, 'rotate')
    },
    ...(['end', 'revoke_all', 'rotate'] as const),
  ],
  portal: [() => window.portal(account().uid, 'open', undefined), 'portal'],
  setPreferences: [
    () =>
      window.setPreferences({
        ...{ clipboardSeconds: 60, leaseSeconds: 60, lockOnSleep: false },
        ...{ startAtLogin: true, leaseKind: 'shared', accountOrder: 'name', globalShortcut: true },
        lockAfterIdleMinutes: 5,
        ...{ notifyCopied: false, notifyLoginRequired: false, notifyServiceLimits: false },
      }),
    ...Array.from({ length: 11 }, () => 'settings_changed'),
  ],
  lock: [() => window.lock(), 'lock'],
  unlock: [
    async () => {
      test.broker.lock(windowClient)
      await window.unlock()
    },
    ...['lock', 'unlock'],
  ],
  connectTool: [
    () => window.connectTool('backup', [account().uid], 0),
    ...['client_added', 'grant_added'],
  ],
  setToolAccounts: [
    () => window.setToolAccounts(test.client('backup').id, [account().uid]),
    'grant_added',
  ],
  setToolLifetime: [
    () => window.setToolLifetime(test.client('backup', account()).id, 300),
    'client_changed',
  ],
  newToolSecret: [
    () => window.newToolSecret(test.client('backup', account()).id),
    'client_secret_changed',
  ],
  removeTool: [
    () => window.removeTool(test.client('backup', account()).id),
    ...['client_removed', 'grant_removed'],
  ],
  endHolder: [() => window.endHolder('you'), 'end'],
  ...{ copyToolSecret: 'it tells nobody', saveToolSecret: 'it tells nobody' },
  dropToolSecret: 'it tells nobody',
  tryNow: 'it sends one request, which is recorded where the host was left alone',
  useMemory: 'it restarts with its own accounts, each of which is audited separately',
  stopOtherBroker: 'the other one records what it ends',
  quit: 'what ends with it is recorded as it ends',
  importSettings: [() => window.importSettings(), 'account_added', 'settings_imported'],
  reset: [() => window.reset('reset'), ...['logout', 'end', 'account_removed', 'reset']],
  ...{
    exportActivity: 'it reads',
    exportSettings: 'it reads',
    openDataFolder: 'it reads',
    licenses: 'it reads',
  },
  copyAddress: 'the address is no secret',
  ...{ snapshot: 'it reads', listTokens: 'it reads', activity: 'it reads' },
  ...{ retryVault: 'it looks again', chooseFile: 'it reads', clearClipboard: 'it ends nothing' },
  ...{ dismissNotice: 'it is about what is shown', closePopover: 'it is about what is shown' },
}

const changing = Object.entries(calls).flatMap(([channel, recorded]) =>
  typeof recorded === 'string' ? [] : [{ channel, call: recorded[0], events: recorded.slice(1) }],
)

it.each(changing)('audits that the user did it in the window: $channel', async (row) => {
  await row.call()
  await idle()
  const lines = test.recorded.filter(({ route }) => route === 'window')
  expect(lines.map(({ event }) => event).sort()).toEqual([...row.events].sort())
})

it('audits each lease that a log-out closes, with its client', async () => {
  const tool = test.client('backup', account())
  await test.issue(tool, account())
  await window.logout(account().uid)
  await idle()
  expect(test.recorded.filter(({ event }) => event === 'end')).toMatchObject([
    { client: 'tray', account: ACCOUNT, cause: 'logged_out', route: 'window' },
    { client: 'backup', account: ACCOUNT, cause: 'logged_out', route: 'window' },
  ])
})

const named = () => ({ uid: account().uid, account: ACCOUNT, called: ACCOUNT })

const actions: Readonly<Record<MenuAction['do'], readonly [() => MenuAction, string] | string>> = {
  copy: [() => ({ do: 'copy', ...named(), form: 'token' }), 'issue'],
  logout: [() => ({ do: 'logout', ...named() }), 'logout'],
  endLease: [() => ({ do: 'endLease', lease: lease() }), 'end'],
  endAll: [() => ({ do: 'endAll' }), 'end'],
  lock: [() => ({ do: 'lock' }), 'lock'],
  unlock: [
    () => {
      test.broker.lock(windowClient)
      return { do: 'unlock' }
    },
    'unlock',
  ],
  ...{ open: 'it shows', quit: 'recorded as it ends' },
}

const acting = Object.entries(actions).flatMap(([name, made]) =>
  typeof made === 'string' ? [] : [{ name, make: made[0], event: made[1] }],
)

it.each(acting)('audits that the user did it in the menu: $name', async (row) => {
  const failures: unknown[] = []
  const act = createMenuActions({
    ...{ handlers: handlersOf(trayClient), open: () => undefined },
    log: { error: () => undefined },
    tell: (failure) => failures.push(failure),
    copiesInWindow: false,
    ask: async () => true,
    ...{
      notifier: { outcome: () => undefined, copied: () => undefined },
      now: () => test.clock.now(),
    },
  })
  act(row.make())
  await idle()
  expect(failures).toEqual([])
  const lines = test.recorded.filter(({ route }) => route === 'tray')
  expect(lines.map(({ event }) => event)).toContain(row.event)
})

it('audits a lock by a locked screen as one that no user asked for', async () => {
  const { locked } = createAutoLock({
    ...{ host: { running: toRunning(test) }, preferences, autoClear: { clear: async () => true } },
    ...{ changed: () => undefined, log: { info() {}, warn() {}, error() {} } },
  })
  locked()
  await idle()
  expect(test.recorded).toEqual([
    {
      ...{ event: 'lock', route: 'broker' },
      reason: 'The screen was locked, or the computer went to sleep.',
    },
  ])
})
