import { expect, it } from 'vitest'
import { settingsEvents } from '../../../main/broker/record/settings-events.ts'
import { defaultSettings, type Settings } from '../../../main/settings/schema.ts'

const account: Settings['accounts'][number] = {
  ...{ uid: 'a'.repeat(20), provider: 'sftpgo', name: 'work', label: 'alice' },
  ...{ values: { url: 'https://one.example', username: 'alice' }, leaseKind: 'shared' },
  ...{ leaseSeconds: 900, state: 'signed_in', needsCode: false, createdAt: 1 },
}
const client: Settings['clients'][number] = {
  ...{ id: 'c1', name: 'backup', secretHash: '0'.repeat(64), createdAt: 1 },
}
const grant: Settings['grants'][number] = { client: 'c1', account: account.uid, until: null }
const settings: Settings = {
  ...{ ...defaultSettings, accounts: [account], clients: [client], grants: [grant] },
}
const of = (change: Partial<Settings>) => settingsEvents(settings, { ...settings, ...change })
const changed = (change: Partial<typeof account>) => of({ accounts: [{ ...account, ...change }] })
const backup = { client: 'backup' }
const work = { account: 'sftpgo/work', accountUid: account.uid }

it('has an event for each change that decides who could get which tokens', () => {
  const other = { ...account, uid: 'b'.repeat(20), name: 'other' }
  const tool = { ...client, id: 'c2', name: 'editor' }
  const until = { ...grant, until: 9 }
  expect(of({ accounts: [account, other] })).toEqual([
    { event: 'account_added', account: 'sftpgo/other', accountUid: other.uid },
  ])
  expect(of({ accounts: [], grants: [] })).toEqual([
    { event: 'account_removed', ...work },
    { event: 'grant_removed', ...backup, ...work },
  ])
  expect(of({ clients: [client, tool] })).toEqual([{ event: 'client_added', client: 'editor' }])
  expect(of({ clients: [], grants: [] })).toEqual([
    { event: 'client_removed', ...backup },
    { event: 'grant_removed', ...backup, ...work },
  ])
  expect(of({ grants: [until] })).toEqual([
    { event: 'grant_removed', ...backup, ...work },
    { event: 'grant_added', ...backup, ...work, endsAt: 9 },
  ])
  expect(of({ clients: [{ ...client, secretHash: '1'.repeat(64) }] })).toEqual([
    { event: 'client_secret_changed', ...backup },
  ])
  const brief = { ...client, leaseSeconds: 300 }
  const lifetime = { event: 'client_changed', ...backup, setting: 'leaseSeconds' }
  expect(of({ clients: [brief] })).toEqual([{ ...lifetime, from: 'account', to: '300' }])
  expect(
    settingsEvents({ ...settings, clients: [brief] }, { ...settings, clients: [client] }),
  ).toEqual([{ ...lifetime, from: '300', to: 'account' }])
  expect(of({ clients: [{ ...client, name: 'copy' }] })).toEqual([
    { event: 'client_renamed', client: 'copy', from: 'backup', to: 'copy' },
  ])
})

it('says which setting of an account was changed, from what and to what', () => {
  const of = { event: 'account_changed', ...work }
  expect(changed({ name: 'home' })).toEqual([
    {
      ...{ event: 'account_renamed', account: 'sftpgo/home', accountUid: account.uid },
      ...{ from: 'sftpgo/work', to: 'sftpgo/home' },
    },
  ])
  expect(changed({ leaseKind: 'dedicated', leaseSeconds: 60 })).toEqual([
    { ...of, setting: 'leaseKind', from: 'shared', to: 'dedicated' },
    { ...of, setting: 'leaseSeconds', from: '900', to: '60' },
  ])
  const values = { url: 'https://two.example', username: 'alice', caFile: '/ca.pem' }
  expect(changed({ values })).toEqual([
    { ...of, setting: 'url', from: 'https://one.example', to: 'https://two.example' },
    { ...of, setting: 'caFile', from: '', to: '/ca.pem' },
  ])
})

it('says that an account has to be logged in, and why', () => {
  expect(changed({ state: 'signed_out' })).toEqual([{ event: 'logout', ...work }])
  const loginRequiredBecause = { sentence: 'It is disabled.', at: 1 }
  expect(changed({ state: 'login_required', loginRequiredBecause })).toEqual([
    { event: 'login_required', ...work, reason: 'It is disabled.' },
  ])
})

it('has an event for each preference, except for how the window looks', () => {
  const preferences: Settings['preferences'] = {
    ...{ leaseSeconds: 60, clipboardSeconds: 10, lockOnSleep: false, leaseKind: 'shared' },
    accountOrder: 'name',
    globalShortcut: true,
    ...{ lockAfterIdleMinutes: 5, theme: 'dark', zoom: 150 },
    ...{ notifyCopied: false, notifyLoginRequired: false, notifyServiceLimits: false },
  }
  const lines = of({ preferences })
  const looks = ['theme', 'zoom']
  expect([...lines.map(({ setting }) => setting), ...looks].sort()).toEqual(
    Object.keys(defaultSettings.preferences).sort(),
  )
  expect(lines).toContainEqual({
    ...{ event: 'settings_changed', setting: 'lockOnSleep', from: 'true', to: 'false' },
  })
})

it('has no event for what is unchanged or irrelevant to access', () => {
  expect(of({ accounts: [{ ...account, values: { ...account.values } }], port: 4711 })).toEqual([])
  expect(of({ preferences: { ...settings.preferences }, keychain: ['credential/x'] })).toEqual([])
})
