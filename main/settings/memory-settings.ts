import { deepFreeze } from './freeze.ts'
import { defaultSettings, type Settings, settingsSchema } from './schema.ts'
import type { SettingsStore } from './settings.ts'

/** Settings that last as long as the process and are held to the same schema. */
export function createMemorySettings(initial: Settings = defaultSettings): SettingsStore {
  let settings = deepFreeze(structuredClone(initial))
  return {
    notices: [],
    read: () => settings,
    update(change) {
      const next = change(settings)
      if (next !== settings) settings = deepFreeze(settingsSchema.parse(structuredClone(next)))
    },
  }
}
