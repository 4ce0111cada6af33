import { createHash } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { app } from './app.ts'
import { must } from './basics.ts'
import { clickIn, type Menu, toLines } from './menu.ts'
import { Image, nativeImage } from './native-image.ts'
import { sessionBus } from './session-bus.ts'

/** `Tray`: an org.kde.StatusNotifierItem on the session bus, with its menu, as on Linux. */
export class Tray extends EventEmitter {
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
      if (message.event === 'menu') clickIn(this.#menu, message.id)
      if (message.event === 'activate') this.emit('click', {}, this.getBounds(), { x: 0, y: 0 })
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

  /** On Linux nobody can tell where the icon is. */
  getBounds(): { x: number; y: number; width: number; height: number } {
    return { x: 0, y: 0, width: 0, height: 0 }
  }

  popUpContextMenu(): void {}
  setPressedImage(): void {}
  setIgnoreDoubleClickEvents(): void {}

  destroy(): void {
    this.#isDestroyed = true
    sessionBus.say({ tray: null })
  }

  isDestroyed(): boolean {
    return this.#isDestroyed
  }

  #publish(): void {
    const tray = { toolTip: this.#toolTip, icon: this.#iconFile(), menu: toLines(this.#menu) }
    sessionBus.say({ tray })
  }

  /** Panels take a path for an icon's name. */
  #iconFile(): string {
    const png = this.#image.toPNG()
    const folder = path.join(app.getPath('userData'), 'tray-icons')
    mkdirSync(folder, { recursive: true })
    const file = path.join(folder, `${createHash('sha256').update(png).digest('hex')}.png`)
    writeFileSync(file, png)
    return file
  }
}

function toImage(image: Image | string): Image {
  const found = image instanceof Image ? image : nativeImage.createFromPath(image)
  must(!found.isEmpty(), `Failed to load image from path '${String(image)}'`)
  return found
}
