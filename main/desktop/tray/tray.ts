import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron'
import type { Snapshot } from '../../../preload/snapshot.ts'
import type { Clock } from '../../base/clock.ts'
import { CopiedSign } from './copied-sign.ts'
import { MenuHold } from './menu-hold.ts'
import type { MenuAction, MenuEntry } from './menu-lines.ts'
import { toMenu } from './tray-menu.ts'
import { type TrayImage, type TrayState, toToolTip, toTrayState } from './tray-state.ts'

interface TrayIconPorts {
  readonly native: {
    readonly Tray: new (image: NativeImage) => Tray
    readonly Menu: Pick<typeof Menu, 'buildFromTemplate'>
  }
  readonly icons: Readonly<Record<TrayImage, NativeImage>>
  readonly platform: NodeJS.Platform
  readonly clock: Clock
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
  readonly #sign: CopiedSign
  readonly #hold: MenuHold
  #tray: Tray | null = null
  #state: TrayState = 'fine'
  /** The image that the icon has. */
  #image: TrayImage = 'fine'
  #toolTip = 'Tokentray'
  #entries: readonly MenuEntry[] = []
  /** The menu that the system has, as text. */
  #drawn = ''
  #drawnToolTip = ''
  #isUnseen = false

  /** The icon is not in the tray before the first `renew`. */
  constructor(ports: TrayIconPorts) {
    const { clock, platform } = ports
    this.#ports = ports
    this.#opensMenuItself = platform === 'linux'
    this.#sign = new CopiedSign({ clock, changed: () => this.#drawImage() })
    this.#hold = new MenuHold(clock)
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
    const tray = new native.Tray(icons[this.#image])
    this.#tray = tray
    tray.on('click', () => toggle())
    if (!this.#opensMenuItself) {
      tray.on('right-click', () => {
        // Before the first snapshot there is nothing to show.
        if (this.#entries.length > 0) tray.popUpContextMenu(this.#build())
      })
    }
    this.#drawn = ''
    this.#drawnToolTip = ''
    this.#draw()
  }

  /**
   * Shows the snapshot. The image changes at once; the rest when the user is not in the menu, as far as
   * that is known, because on Linux a new tooltip or menu rebuilds an open one.
   */
  show(snapshot: Snapshot): void {
    const { clock, copiesInWindow } = this.#ports
    this.#state = toTrayState(snapshot)
    this.#sign.see(snapshot.copied)
    this.#drawImage()
    this.#toolTip = toToolTip(snapshot)
    this.#entries = toMenu(snapshot, clock.now(), copiesInWindow)
    this.#hold.whenClosed(() => this.#draw())
  }

  /** The bounds of the icon; all zero if the system does not report them. */
  get bounds(): ReturnType<Tray['getBounds']> {
    return this.#tray?.getBounds() ?? { x: 0, y: 0, width: 0, height: 0 }
  }

  remove(): void {
    this.#hold.reset()
    this.#tray?.destroy()
    this.#tray = null
  }

  #drawImage(): void {
    const image = this.#sign.isShown ? 'copied' : this.#state
    if (image !== this.#image) this.#tray?.setImage(this.#ports.icons[image])
    this.#image = image
  }

  /** Unchanged parts are not set again. */
  #draw(): void {
    if (this.#toolTip !== this.#drawnToolTip) this.#tray?.setToolTip(this.#toolTip)
    this.#drawnToolTip = this.#toolTip
    // Elsewhere a menu is built when it is opened.
    if (!this.#opensMenuItself || this.#entries.length === 0) return
    const drawn = JSON.stringify(this.#entries)
    // On Linux a menu cannot be changed in place: each change sets a new one.
    if (drawn !== this.#drawn) this.#tray?.setContextMenu(this.#build())
    this.#drawn = drawn
  }

  #build(): Menu {
    const menu = this.#ports.native.Menu.buildFromTemplate(
      this.#entries.map((entry) => this.#toItem(entry)),
    )
    for (const { submenu } of menu.items) {
      submenu?.on('menu-will-show', () => this.#hold.opened())
    }
    return menu
  }

  #toItem(entry: MenuEntry): MenuItemConstructorOptions {
    if (entry === 'line') return { type: 'separator' }
    const { id, label, action, lines, enabled = true } = entry
    return {
      ...{ id, label, enabled },
      ...(lines && { submenu: lines.map((line) => this.#toItem(line)) }),
      ...(action && { click: () => this.#click(action) }),
    }
  }

  #click(action: MenuAction): void {
    this.#hold.clicked()
    this.#ports.act(action)
  }
}
