import type { PreferencesView } from '../../../preload/snapshot.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Actor } from '../../broker/record/actor.ts'
import { defaultPreferences, type RecordedSettings } from '../../broker/record/recorded-settings.ts'

interface LoginItem {
  isOn(): boolean
  set(on: boolean): void
}

interface Shortcut {
  readonly isOn: boolean
  /** False if the system refuses. */
  set(on: boolean): boolean
}

interface PreferencesPorts {
  /** `null` while nothing runs: then the defaults are shown and nothing can be stored. */
  readonly settings: () => Pick<RecordedSettings, 'read' | 'updateUnlessReset' | 'note'> | null
  readonly loginItem: LoginItem
  readonly shortcut: Shortcut
  readonly changed: () => void
}

/**
 * The user's preferences: those in the settings, start at login, which the system keeps, and whether
 * the system has given us the keys of the global shortcut.
 */
export class Preferences {
  readonly #ports: PreferencesPorts
  /** Read once: on some systems this is slow, and a snapshot must not be. */
  #startAtLogin: boolean

  constructor(ports: PreferencesPorts) {
    this.#ports = ports
    this.#startAtLogin = ports.loginItem.isOn()
  }

  view(): PreferencesView {
    const stored = this.#ports.settings()?.read().preferences ?? defaultPreferences
    const globalShortcut = this.#ports.shortcut.isOn
    return { ...stored, startAtLogin: this.#startAtLogin, globalShortcut }
  }

  /**
   * Changes the given preferences; stores the others before it throws what the system refused. Throws
   * `temporarily_unavailable`, with nothing changed, while a reset is in progress.
   */
  change({ startAtLogin, globalShortcut, ...others }: Partial<PreferencesView>, by: Actor): void {
    const { settings, shortcut, changed } = this.#ports
    const hasKeys = globalShortcut === undefined || shortcut.set(globalShortcut)
    const stored = {
      ...others,
      ...(globalShortcut !== undefined && hasKeys && { globalShortcut }),
    }
    try {
      if (Object.keys(stored).length > 0) {
        settings()?.updateUnlessReset(
          (all) => ({ ...all, preferences: { ...all.preferences, ...stored } }),
          by,
        )
      }
      if (startAtLogin !== undefined) this.#changeStart(startAtLogin, by)
      if (!hasKeys) throw keysNotFree()
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

const keysNotFree = () =>
  new TokentrayError(
    'record_unavailable',
    'The system did not turn the global shortcut on: another program has Ctrl+Shift+F11.',
    { hint: 'Free the keys in that program or in your system settings, then try again.' },
  )

const notTaken = (wanted: boolean) =>
  new TokentrayError(
    'record_unavailable',
    `The system did not turn start at login ${wanted ? 'on' : 'off'}.`,
    { hint: 'Turn it on or off in your system settings.' },
  )
