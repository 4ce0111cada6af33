import type { Clock } from '../../base/clock.ts'

/** How long the user counts as being in a menu after the last of its submenus was opened. */
const LONGEST_MS = 10_000

/**
 * Holds back what would rebuild a menu while the user is in it, where that is known. On Linux
 * Electron knows little: Chromium (components/dbus/menu/menu.cc) passes on that a submenu is about to
 * be shown, nothing about the menu itself, and never that one was closed. So a click in the menu, or
 * some seconds, count as its end. GNOME's extension announces no submenus to Chromium; there an open
 * menu is rebuilt, and a click on what it showed before does nothing.
 */
export class MenuHold {
  readonly #clock: Pick<Clock, 'after'>
  #release: (() => void) | null = null
  #waiting: (() => void) | null = null

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock
  }

  /** The user is in the menu. */
  opened(): void {
    this.#endAfter(LONGEST_MS)
  }

  /** The user has clicked in the menu, which closes it. What waits runs in a later turn. */
  clicked(): void {
    // Electron is still in the menu that would be replaced.
    if (this.#release) this.#endAfter(0)
  }

  /** Runs the step now, or when the user has left the menu; only the last step of those that wait. */
  whenClosed(step: () => void): void {
    if (this.#release) this.#waiting = step
    else step()
  }

  /** There is no menu any more; what waits is forgotten. */
  reset(): void {
    this.#release?.()
    this.#release = null
    this.#waiting = null
  }

  #endAfter(ms: number): void {
    this.#release?.()
    this.#release = this.#clock.after(ms, () => {
      const step = this.#waiting
      this.reset()
      step?.()
    })
  }
}
