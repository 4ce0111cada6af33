import type { PreferencesView } from '../../../preload/snapshot.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Actor } from '../../broker/record/actor.ts'
import type { RecordedSettings } from '../../broker/record/recorded-settings.ts'

/** The preferences that are stored in the settings. */
export type StoredPreferences = Omit<PreferencesView, 'startAtLogin'>

interface LoginItem {
  isOn(): boolean
  set(on: boolean): void
}

interface PreferencesPorts {
  /** `null` while nothing runs: then the defaults are shown and nothing can be stored. */
  readonly settings: () => Pick<RecordedSettings, 'read' | 'updateUnlessReset' | 'note'> | null
  readonly loginItem: LoginItem
  readonly changed: () => void
}

/** The defaults. */
export const USUAL_PREFERENCES: StoredPreferences = {
  clipboardSeconds: 30,
  leaseSeconds: 900,
  lockOnSleep: true,
  leaseKind: 'service',
  accountOrder: 'recent',
}

/** The user's preferences: those in the settings, and start at login, which the system keeps. */
export class Preferences {
  readonly #ports: PreferencesPorts
  /** Read once: on some systems this is slow, and a snapshot must not be. */
  #startAtLogin: boolean

  constructor(ports: PreferencesPorts) {
    this.#ports = ports
    this.#startAtLogin = ports.loginItem.isOn()
  }

  view(): PreferencesView {
    const stored = this.#ports.settings()?.read().preferences ?? USUAL_PREFERENCES
    return { ...stored, startAtLogin: this.#startAtLogin }
  }

  /**
   * Changes the given preferences; stores the others before it throws what the system refused. Throws
   * `temporarily_unavailable`, with nothing changed, while a reset is in progress.
   */
  change({ startAtLogin, ...stored }: Partial<PreferencesView>, by: Actor): void {
    const { settings, changed } = this.#ports
    try {
      if (Object.keys(stored).length > 0) {
        settings()?.updateUnlessReset(
          (all) => ({ ...all, preferences: { ...all.preferences, ...stored } }),
          by,
        )
      }
      if (startAtLogin !== undefined) this.#changeStart(startAtLogin, by)
    } finally {
      changed()
    }
  }

  #changeStart(wanted: boolean, by: Actor): void {
    const { settings, loginItem } = this.#ports
    const before = this.#startAtLogin
    loginItem.set(wanted)
    this.#startAtLogin = loginItem.isOn()
    if (this.#startAtLogin !== before) {
      // The system keeps it, so it is audited here rather than by our settings.
      settings()?.note(
        {
          ...{ event: 'settings_changed', setting: 'startAtLogin' },
          ...{ from: String(before), to: String(this.#startAtLogin) },
        },
        by,
      )
    }
    // Some systems fail silently, such as macOS for an unsigned program.
    if (this.#startAtLogin !== wanted) throw notTaken(wanted)
  }
}

const notTaken = (wanted: boolean) =>
  new TokentrayError(
    'record_unavailable',
    `The system did not turn start at login ${wanted ? 'on' : 'off'}.`,
    { hint: 'Turn it on or off in your system settings.' },
  )
