import { applyChange, changeBetween, parseChange } from './change.ts'
import { deepFreeze } from './freeze.ts'
import { defaultSettings, type Settings } from './schema.ts'
import type { SettingsStore } from './settings.ts'

/** Settings that last as long as the process, checked against the same schema. */
export function createMemorySettings(initial: Settings = defaultSettings): SettingsStore {
  let settings = deepFreeze(structuredClone(initial))
  return {
    notices: [],
    read: () => settings,
    update(change) {
      const changed = changeBetween(settings, change(settings))
      if (changed) settings = applyChange(settings, parseChange(JSON.stringify(changed)))
    },
    onDisk: async () => undefined,
    close: () => undefined,
  }
}
