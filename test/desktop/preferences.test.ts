import { beforeEach, expect, it } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { Preferences, USUAL_PREFERENCES } from '../../main/desktop/preferences.ts'
import { createMemorySettings } from '../../main/settings/memory-settings.ts'
import { defaultSettings } from '../../main/settings/schema.ts'
import type { SettingsStore } from '../../main/settings/settings.ts'

let settings: SettingsStore | null
let isOn: boolean
let asked: number
let changes: number
let refuses: TokentrayError | null
let preferences: Preferences

beforeEach(() => {
  settings = createMemorySettings()
  isOn = true
  asked = 0
  changes = 0
  refuses = null
  preferences = new Preferences({
    settings: () => settings,
    loginItem: {
      isOn: () => {
        asked += 1
        return isOn
      },
      set: (on) => {
        if (refuses) throw refuses
        isOn = on
      },
    },
    changed: () => {
      changes += 1
    },
  })
})

it('shows what is stored, and what the system says', () => {
  expect(preferences.view()).toEqual({ ...defaultSettings.preferences, startAtLogin: true })
})

it('shows the usual values while nothing can be stored, which are those of new settings', () => {
  settings = null
  expect(preferences.view()).toEqual({ ...USUAL_PREFERENCES, startAtLogin: true })
  expect(USUAL_PREFERENCES).toEqual(defaultSettings.preferences)
})

it('asks the system once, not for every snapshot', () => {
  preferences.view()
  preferences.view()
  expect(asked).toBe(1)
})

it('changes what is named and nothing else', () => {
  preferences.change({ clipboardSeconds: 60, lockOnSleep: false })
  expect(settings?.read().preferences).toEqual({
    ...defaultSettings.preferences,
    ...{ clipboardSeconds: 60, lockOnSleep: false },
  })
  expect([isOn, changes]).toEqual([true, 1])
})

it('believes the system rather than itself', () => {
  preferences.change({ startAtLogin: false })
  expect(preferences.view().startAtLogin).toBe(false)
})

it('keeps the rest of a change that the system refuses', () => {
  refuses = new TokentrayError('record_unavailable')
  expect(() => preferences.change({ leaseSeconds: 60, startAtLogin: false })).toThrow(refuses)
  expect([settings?.read().preferences.leaseSeconds, preferences.view().startAtLogin]).toEqual([
    60,
    true,
  ])
})
