import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron'
import type { Snapshot } from '../../preload/contract.ts'
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
  readonly act: (action: MenuAction) => void
  /** A click on the icon itself, where the system tells of it. */
  readonly toggle: () => void
}

/** The icon in the tray, with its menu. Has to be kept: Electron removes one that is forgotten. */
export class TrayIcon {
  readonly #ports: TrayIconPorts
  readonly #tray: Tray
  /** On macOS and Windows the menu is shown by us, on the other button. */
  readonly #opensMenuItself: boolean
  #state: TrayState = 'fine'
  #drawn = ''
  #menu: Menu | null = null

  constructor(ports: TrayIconPorts) {
    const { native, icons, platform, toggle } = ports
    this.#ports = ports
    this.#opensMenuItself = platform === 'linux'
    this.#tray = new native.Tray(icons.fine)
    this.#tray.setToolTip('Tokentray')
    this.#tray.on('click', () => toggle())
    if (!this.#opensMenuItself) {
      this.#tray.on('right-click', () => this.#tray.popUpContextMenu(this.#menu ?? undefined))
    }
  }

  /** Shows what there is; what has not changed is left alone, so that an open menu stays open. */
  show(snapshot: Snapshot): void {
    const { icons, native, now } = this.#ports
    if (this.#tray.isDestroyed()) return
    const state = toTrayState(snapshot)
    if (state !== this.#state) this.#tray.setImage(icons[state])
    this.#state = state
    const toolTip = toToolTip(snapshot)
    const entries = toMenu(snapshot, now())
    const drawn = JSON.stringify([toolTip, entries])
    if (drawn === this.#drawn) return
    this.#drawn = drawn
    this.#tray.setToolTip(toolTip)
    this.#menu = native.Menu.buildFromTemplate(entries.map((entry) => this.#toItem(entry)))
    // On Linux a menu that is there cannot be changed: it is set anew after every change.
    if (this.#opensMenuItself) this.#tray.setContextMenu(this.#menu)
  }

  /** Where the icon is; all zero where the system does not say. */
  get bounds(): ReturnType<Tray['getBounds']> {
    return this.#tray.getBounds()
  }

  remove(): void {
    this.#tray.destroy()
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
