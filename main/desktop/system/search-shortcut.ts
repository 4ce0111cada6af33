import type { GlobalShortcut } from 'electron'
import type { Log } from '../../base/log.ts'

/**
 * The keys, in Electron's notation. Free on the usual desktops and in common programs: GNOME, KDE and
 * Windows take Ctrl+Alt and the function keys alone, Ctrl+Alt types characters on many keyboards, and
 * development environments have Ctrl+Shift with most other function keys.
 */
const KEYS = 'CommandOrControl+Shift+F11'

interface SearchShortcutPorts {
  readonly system: Pick<GlobalShortcut, 'register' | 'unregister'>
  readonly pressed: () => void
  readonly log: Log
}

/** Keys that open the search from any program. The system gives them to one program at a time. */
export class SearchShortcut {
  readonly #ports: SearchShortcutPorts
  #isOn = false
  #asked = false
  #isOver = false

  constructor(ports: SearchShortcutPorts) {
    this.#ports = ports
  }

  /**
   * True while the system has given us the keys. On Wayland it may still ask the user, and does not
   * say what the answer was (electron/electron#52218).
   */
  get isOn(): boolean {
    return this.#isOn
  }

  /** Takes the keys or gives them back; false if the system refuses them. */
  set(on: boolean): boolean {
    const { system, pressed } = this.#ports
    this.#asked = on
    if (on === this.#isOn) return true
    if (!on) system.unregister(KEYS)
    else if (this.#isOver || !system.register(KEYS, pressed)) return false
    this.#isOn = on
    return true
  }

  /** Follows the stored preference, which changes when the settings are read or reset. */
  follow(on: boolean): void {
    if (on === this.#asked || this.set(on)) return
    // The settings show it as off, and say why when it is switched on again.
    this.#ports.log.warn('the system refused the keys of the global shortcut', { keys: KEYS })
  }

  /** Gives the keys back for good. */
  end(): void {
    this.set(false)
    this.#isOver = true
  }
}
