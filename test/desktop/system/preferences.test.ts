import { beforeEach, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { windowClient } from '../../../main/broker/clients.ts'
import { Preferences } from '../../../main/desktop/system/preferences.ts'
import { createMemorySettings } from '../../../main/settings/memory-settings.ts'
import { defaultSettings } from '../../../main/settings/schema.ts'
import { recorded } from '../../helpers/recorded-settings.ts'

let settings: ReturnType<typeof recorded> | null
let isOn: boolean
let asked: number
let changes: number
let refuses: TokentrayError | null
let isDeaf: boolean
let keys: { isOn: boolean; areFree: boolean }
let preferences: Preferences

beforeEach(() => {
  settings = recorded(createMemorySettings())
  isOn = true
  asked = 0
  changes = 0
  refuses = null
  isDeaf = false
  keys = { isOn: false, areFree: true }
  preferences = new Preferences({
    settings: () => settings,
    loginItem: {
      isOn: () => {
        asked += 1
        return isOn
      },
      set: (on) => {
        if (refuses) throw refuses
        if (!isDeaf) isOn = on
      },
    },
    shortcut: {
      get isOn() {
        return keys.isOn
      },
      set: (on) => {
        if (on && !keys.areFree) return false
        keys.isOn = on
        return true
      },
    },
    changed: () => {
      changes += 1
    },
  })
})

it('shows the stored preferences, and what the system reports', () => {
  expect(preferences.view()).toEqual({ ...defaultSettings.preferences, startAtLogin: true })
})

it('shows the defaults while nothing can be stored', () => {
  settings = null
  expect(preferences.view()).toEqual({ ...defaultSettings.preferences, startAtLogin: true })
})

it('asks the system once, not for every snapshot', () => {
  preferences.view()
  preferences.view()
  expect(asked).toBe(1)
})

it('changes only the given preferences', () => {
  preferences.change({ clipboardSeconds: 60, lockOnSleep: false }, windowClient)
  expect(settings?.read().preferences).toEqual({
    ...defaultSettings.preferences,
    ...{ clipboardSeconds: 60, lockOnSleep: false },
  })
  expect([isOn, changes]).toEqual([true, 1])
})

it('shows what the system reports', () => {
  preferences.change({ startAtLogin: false }, windowClient)
  expect(preferences.view().startAtLogin).toBe(false)
})

it('stores the rest of a change that the system refuses', () => {
  refuses = new TokentrayError('record_unavailable')
  expect(() => preferences.change({ leaseSeconds: 60, startAtLogin: false }, windowClient)).toThrow(
    refuses,
  )
  expect([settings?.read().preferences.leaseSeconds, preferences.view().startAtLogin]).toEqual([
    60,
    true,
  ])
})

it('reports that the system silently did nothing', () => {
  isDeaf = true
  expect(() => preferences.change({ startAtLogin: false }, windowClient)).toThrow(
    'The system did not turn start at login off.',
  )
  expect([settings?.lines, preferences.view().startAtLogin, changes]).toEqual([[], true, 1])
})

it('audits each changed preference, and no unchanged one', () => {
  preferences.change({ clipboardSeconds: 60, lockOnSleep: true, startAtLogin: false }, windowClient)
  preferences.change({ startAtLogin: false }, windowClient)
  const of = { event: 'settings_changed', route: 'window' }
  expect(settings?.lines).toEqual([
    { ...of, setting: 'clipboardSeconds', from: '30', to: '60' },
    { ...of, setting: 'startAtLogin', from: 'true', to: 'false' },
  ])
})

it('takes the keys of the global shortcut before that is stored', () => {
  preferences.change({ globalShortcut: true }, windowClient)
  expect([keys.isOn, settings?.read().preferences.globalShortcut]).toEqual([true, true])
  preferences.change({ globalShortcut: false }, windowClient)
  expect([keys.isOn, settings?.read().preferences.globalShortcut]).toEqual([false, false])
})

it('stores the others and says so if another program has those keys', () => {
  keys.areFree = false
  const change = () =>
    preferences.change({ globalShortcut: true, clipboardSeconds: 60 }, windowClient)
  expect(change).toThrow('another program has Ctrl+Shift+F11')
  expect(settings?.read().preferences).toMatchObject({
    ...{ globalShortcut: false, clipboardSeconds: 60 },
  })
  expect(preferences.view().globalShortcut).toBe(false)
  expect(changes).toBe(1)
})

it('shows the global shortcut as off while the system refuses the stored one', () => {
  settings?.update((all) => ({
    ...all,
    preferences: { ...all.preferences, globalShortcut: true },
  }))
  expect(preferences.view().globalShortcut).toBe(false)
})
