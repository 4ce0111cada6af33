import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { openSettings } from '../../main/settings/conf-settings.ts'
import { defaultSettings } from '../../main/settings/schema.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { makeTestFolder } from '../helpers/marks.ts'

/** A file as written before there were desktop preferences. */
const before = {
  version: 1,
  port: 4711,
  locked: false,
  accounts: [
    {
      uid: 'a'.repeat(16),
      provider: 'sftpgo',
      name: 'alice',
      label: 'alice at files.example.com',
      values: { url: 'https://files.example.com' },
      leaseKind: 'shared',
      leaseSeconds: 900,
      state: 'signed_in',
      needsCode: false,
      createdAt: 1,
    },
  ],
  clients: [],
  grants: [],
  preferences: { leaseSeconds: 600 },
}

describe('preferences', () => {
  let folder: string
  const open = () => openSettings({ folder, clock: new FakeClock() })
  const change = (preferences: object) =>
    open().update((settings) => ({
      ...settings,
      preferences: { ...settings.preferences, ...preferences },
    }))

  beforeEach(() => {
    folder = makeTestFolder('settings')
  })

  it('have their defaults in a file that lacks them, and everything else in it stays', () => {
    writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(before))
    const settings = open()
    expect(settings.notices).toEqual([])
    expect(settings.read()).toEqual({
      ...before,
      preferences: { ...defaultSettings.preferences, leaseSeconds: 600 },
    })
  })

  it('and accounts are read even if a display name breaks a rule that came later', () => {
    const [account] = before.accounts
    const accounts = [{ ...account, displayName: '\u200d' }]
    writeFileSync(path.join(folder, 'settings.json'), JSON.stringify({ ...before, accounts }))
    const settings = open()
    expect(settings.notices).toEqual([])
    expect(settings.read().accounts).toMatchObject(accounts)
  })

  it('in such a file can be changed one by one', () => {
    writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(before))
    change({ clipboardSeconds: 60 })
    change({ lockOnSleep: false, leaseKind: 'dedicated' })
    const { accounts, preferences } = open().read()
    expect(accounts).toHaveLength(1)
    expect(preferences).toEqual({
      ...defaultSettings.preferences,
      leaseSeconds: 600,
      clipboardSeconds: 60,
      lockOnSleep: false,
      leaseKind: 'dedicated',
      accountOrder: 'recent',
      globalShortcut: false,
    })
  })

  it('are the same in a new file as in one that lacks them', () => {
    writeFileSync(
      path.join(folder, 'settings.json'),
      JSON.stringify({ ...defaultSettings, preferences: { leaseSeconds: 900 } }),
    )
    expect(open().read()).toEqual(defaultSettings)
  })

  it.each([
    { clipboardSeconds: 10 },
    { clipboardSeconds: 300 },
    { leaseKind: 'shared' },
    { theme: 'dark' },
    { zoom: 80 },
    { lockAfterIdleMinutes: 1_440 },
  ])('can be %j', (preferences) => {
    change(preferences)
    expect(open().read().preferences).toMatchObject(preferences)
  })

  it.each([
    { clipboardSeconds: 9 },
    { clipboardSeconds: 301 },
    { clipboardSeconds: 30.5 },
    { lockOnSleep: 'yes' },
    { leaseKind: 'eternal' },
    { accountOrder: 'random', globalShortcut: 'Ctrl+F1' },
    { theme: 'sepia' },
    { zoom: 201 },
    { lockAfterIdleMinutes: -1 },
    { colour: 'dark' },
  ])('cannot be %j', (preferences) => {
    expect(() => change(preferences)).toThrow()
    expect(open().read()).toEqual(defaultSettings)
  })
})
