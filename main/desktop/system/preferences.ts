import type { PreferencesView } from '../../../preload/snapshot.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Actor } from '../../broker/record/actor.ts'
import type { RecordedSettings } from '../../broker/record/recorded-settings.ts'

/** What of the preferences is kept in the settings. */
export type StoredPreferences = Omit<PreferencesView, 'startAtLogin'>

interface LoginItem {
  isOn(): boolean
  set(on: boolean): void
}

interface PreferencesPorts {
  /** Absent while nothing runs: then the usual values are shown, and nothing can be stored. */
  readonly settings: () => Pick<RecordedSettings, 'read' | 'updateUnlessReset' | 'note'> | null
  readonly loginItem: LoginItem
  readonly changed: () => void
}

/** What applies where nothing is stored. */
export const USUAL_PREFERENCES: StoredPreferences = {
  clipboardSeconds: 30,
  leaseSeconds: 900,
  lockOnSleep: true,
  leaseKind: 'service',
}

/** The person's wishes: those in the settings, and the one that the system keeps. */
export class Preferences {
  readonly #ports: PreferencesPorts
  /** Asked for once: on some systems the answer takes long, and a snapshot must not. */
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
   * Changes what is named; what the system refuses is thrown after the rest was stored. Throws
   * `temporarily_unavailable`, with nothing changed, while a reset is under way.
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
      // Kept by the system, and so no change of our settings.
      settings()?.note(
        {
          ...{ event: 'settings_changed', setting: 'startAtLogin' },
          ...{ from: String(before), to: String(this.#startAtLogin) },
        },
        by,
      )
    }
    // Some systems say nothing, as macOS of a program that is not signed.
    if (this.#startAtLogin !== wanted) throw notTaken(wanted)
  }
}

const notTaken = (wanted: boolean) =>
  new TokentrayError(
    'record_unavailable',
    `The system did not turn start at login ${wanted ? 'on' : 'off'}.`,
    { hint: 'Turn it on or off in your system settings.' },
  )
