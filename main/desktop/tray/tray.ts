import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron'
import type { Snapshot } from '../../../preload/snapshot.ts'
import { type MenuAction, type MenuEntry, toMenu } from './tray-menu.ts'
import { type TrayState, toToolTip, toTrayState } from './tray-state.ts'

interface TrayIconPorts {
  readonly native: {
    readonly Tray: new (image: NativeImage) => Tray
    readonly Menu: Pick<typeof Menu, 'buildFromTemplate'>
  }
  readonly icons: Readonly<Record<TrayState, NativeImage>>
  readonly platform: NodeJS.Platform
  readonly now: () => number
  /** The menu cannot copy by itself; see `createActing`. */
  readonly copiesInWindow: boolean
  readonly act: (action: MenuAction) => void
  /** A click on the icon itself, where the system tells of it. */
  readonly toggle: () => void
}

/** The icon in the tray, with its menu. Has to be kept: Electron removes one that is forgotten. */
export class TrayIcon {
  readonly #ports: TrayIconPorts
  /** On macOS and Windows the menu is shown by us, on the other button. */
  readonly #opensMenuItself: boolean
  #tray: Tray | null = null
  #state: TrayState = 'fine'
  #toolTip = 'Tokentray'
  #entries: readonly MenuEntry[] | null = null
  #drawn = ''
  #menu: Menu | null = null
  #isUnseen = false

  /** It is not in the tray before it is put there. */
  constructor(ports: TrayIconPorts) {
    this.#ports = ports
    this.#opensMenuItself = ports.platform === 'linux'
  }

  /** Nobody shows it, as far as can be told. */
  get isUnseen(): boolean {
    return this.#isUnseen
  }

  /** Puts it into the tray that is there now, in place of where it was. */
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
        // Before there is one Electron would throw.
        if (this.#menu) tray.popUpContextMenu(this.#menu)
      })
    }
    if (this.#entries) this.#setMenu(this.#entries)
  }

  /** Shows what there is; what has not changed is left alone, so that an open menu stays open. */
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

  /** Where the icon is; all zero where the system does not say. */
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
    // On Linux a menu that is there cannot be changed: it is set anew after every change.
    if (this.#opensMenuItself) this.#tray?.setContextMenu(this.#menu)
  }

  #toItem(entry: MenuEntry): MenuItemConstructorOptions {
    if (entry === 'line') return { type: 'separator' }
    const { id, label, action, lines, checked, enabled = true } = entry
    return {
      ...{ id, label, enabled },
      ...(checked !== undefined && { type: 'checkbox' as const, checked }),
      ...(lines && { submenu: lines.map((line) => this.#toItem(line)) }),
      ...(action && { click: () => this.#ports.act(action) }),
    }
  }
}
