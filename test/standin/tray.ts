import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import { must } from './basics.ts'
import { clickIn, Menu, showIn, toLines } from './menu.ts'
import { Image, nativeImage } from './native-image.ts'
import { sessionBus } from './session-bus.ts'

let lastId = 0

/**
 * `Tray`: an org.kde.StatusNotifierItem on the session bus, with its menu, as on Linux. It checks
 * for a panel once, when it is created, as Chromium does (status_icon_linux_dbus.cc): without one,
 * this icon is never shown.
 */
export class Tray extends EventEmitter {
  readonly #id = ++lastId
  #image: Image
  #toolTip = ''
  #title = ''
  #menu: Menu | null = null
  #isDestroyed = false

  constructor(image: Image | string) {
    super()
    must(app.isReady(), 'Cannot create Tray before app is ready')
    this.#image = toImage(image)
    sessionBus.on((message) => {
      if (this.#isDestroyed) return
      if (message.event === 'notification' || message.tray !== this.#id) return
      if (message.event === 'menu') clickIn(this.#menu, message.line)
      else if (message.event === 'submenu') showIn(this.#menu, message.line)
      else this.emit('click', {}, this.getBounds(), { x: 0, y: 0 })
    })
    this.#publish()
  }

  setImage(image: Image | string): void {
    this.#image = toImage(image)
    this.#publish()
  }

  setToolTip(toolTip: string): void {
    this.#toolTip = toolTip
    this.#publish()
  }

  setTitle(title: string): void {
    this.#title = title
  }

  getTitle(): string {
    return this.#title
  }

  setContextMenu(menu: Menu | null): void {
    this.#menu = menu
    this.#publish()
  }

  /** On Linux the position of the icon is unknown. */
  getBounds(): { x: number; y: number; width: number; height: number } {
    return { x: 0, y: 0, width: 0, height: 0 }
  }

  /** Electron accepts an explicit `undefined` neither as a menu nor as a position. */
  popUpContextMenu(...menus: readonly unknown[]): void {
    const isMenu = menus.length === 0 || menus[0] instanceof Menu
    must(isMenu, 'Type of menu is not Menu or Point')
  }

  setPressedImage(): void {}
  setIgnoreDoubleClickEvents(): void {}

  destroy(): void {
    this.#isDestroyed = true
    sessionBus.say({ tray: this.#id, shown: null })
  }

  isDestroyed(): boolean {
    return this.#isDestroyed
  }

  #publish(): void {
    const icon = { ...this.#image.getSize(), pixels: toArgb(this.#image).toString('base64') }
    const shown = { toolTip: this.#toolTip, icon, menu: toLines(this.#menu) }
    sessionBus.say({ tray: this.#id, shown })
  }
}

/** The bytes of each pixel in reverse order, as in the protocol. */
function toArgb(image: Image): Buffer {
  return image.toBitmap().swap32()
}

function toImage(image: Image | string): Image {
  const found = image instanceof Image ? image : nativeImage.createFromPath(image)
  must(!found.isEmpty(), `Failed to load image from path '${String(image)}'`)
  return found
}
