import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron'
import type { Snapshot } from '../../../preload/snapshot.ts'
import type { MenuAction, MenuEntry } from './menu-lines.ts'
import { toMenu } from './tray-menu.ts'
import { type TrayState, toToolTip, toTrayState } from './tray-state.ts'

interface TrayIconPorts {
  readonly native: {
    readonly Tray: new (image: NativeImage) => Tray
    readonly Menu: Pick<typeof Menu, 'buildFromTemplate'>
  }
  readonly icons: Readonly<Record<TrayState, NativeImage>>
  readonly platform: NodeJS.Platform
  readonly now: () => number
  /** As in `createMenuActions`. */
  readonly copiesInWindow: boolean
  readonly act: (action: MenuAction) => void
  /** Called on a click on the icon, on systems that report it. */
  readonly toggle: () => void
}

/** The tray icon with its menu. Keep a reference: Electron removes a garbage-collected icon. */
export class TrayIcon {
  readonly #ports: TrayIconPorts
  /** False on macOS and Windows: there we show the menu on a right click. */
  readonly #opensMenuItself: boolean
  #tray: Tray | null = null
  #state: TrayState = 'fine'
  #toolTip = 'Tokentray'
  #entries: readonly MenuEntry[] | null = null
  #drawn = ''
  #menu: Menu | null = null
  #isUnseen = false

  /** The icon is not in the tray before the first `renew`. */
  constructor(ports: TrayIconPorts) {
    this.#ports = ports
    this.#opensMenuItself = ports.platform === 'linux'
  }

  /** True if no panel shows it, as far as we can tell. */
  get isUnseen(): boolean {
    return this.#isUnseen
  }

  /** Creates the icon in the current tray and removes the previous one. */
  renew({ isUnseen }: { readonly isUnseen: boolean }): void {
    const { native, icons, toggle } = this.#ports
    this.#isUnseen = isUnseen
    this.remove()
    const tray = new native.Tray(icons[this.#state])
    this.#tray = tray
    tray.setToolTip(this.#toolTip)
    tray.on('click', () => toggle())
    if (!this.#opensMenuItself) {
      tray.on('right-click', () => {
        // Electron throws without a menu.
        if (this.#menu) tray.popUpContextMenu(this.#menu)
      })
    }
    if (this.#entries) this.#setMenu(this.#entries)
  }

  /** Shows the snapshot. Unchanged parts are not set again, so that an open menu stays open. */
  show(snapshot: Snapshot): void {
    const { icons, now, copiesInWindow } = this.#ports
    const state = toTrayState(snapshot)
    if (state !== this.#state) this.#tray?.setImage(icons[state])
    this.#state = state
    const toolTip = toToolTip(snapshot)
    const entries = toMenu(snapshot, now(), copiesInWindow)
    const drawn = JSON.stringify([toolTip, entries])
    if (drawn === this.#drawn) return
    this.#drawn = drawn
    this.#toolTip = toolTip
    this.#entries = entries
    this.#tray?.setToolTip(toolTip)
    this.#setMenu(entries)
  }

  /** The bounds of the icon; all zero if the system does not report them. */
  get bounds(): ReturnType<Tray['getBounds']> {
    return this.#tray?.getBounds() ?? { x: 0, y: 0, width: 0, height: 0 }
  }

  remove(): void {
    this.#tray?.destroy()
    this.#tray = null
  }

  #setMenu(entries: readonly MenuEntry[]): void {
    this.#menu = this.#ports.native.Menu.buildFromTemplate(
      entries.map((entry) => this.#toItem(entry)),
    )
    // On Linux a menu cannot be changed in place: each change sets a new one.
    if (this.#opensMenuItself) this.#tray?.setContextMenu(this.#menu)
  }

  #toItem(entry: MenuEntry): MenuItemConstructorOptions {
    if (entry === 'line') return { type: 'separator' }
    const { id, label, action, lines, enabled = true } = entry
    return {
      ...{ id, label, enabled },
      ...(lines && { submenu: lines.map((line) => this.#toItem(line)) }),
      ...(action && { click: () => this.#ports.act(action) }),
    }
  }
}
