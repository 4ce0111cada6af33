import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import { must } from './basics.ts'
import { BrowserWindow } from './browser-window.ts'
import type { Image } from './native-image.ts'

type ItemType = 'normal' | 'separator' | 'submenu' | 'checkbox' | 'radio'

interface ItemOptions {
  readonly id?: string
  readonly label?: string
  readonly sublabel?: string
  readonly toolTip?: string
  readonly type?: ItemType
  readonly role?: string
  readonly enabled?: boolean
  readonly visible?: boolean
  readonly checked?: boolean
  readonly icon?: Image | string
  readonly submenu?: Menu | readonly ItemOptions[]
  readonly click?: (item: MenuItem, window: BrowserWindow | undefined, event: object) => void
}

let lastCommand = 0

/** `MenuItem`; its `click` acts like a user's click. */
export class MenuItem {
  readonly id: string
  readonly role: string | undefined
  readonly type: ItemType
  readonly submenu: Menu | undefined
  label: string
  enabled: boolean
  visible: boolean
  checked: boolean
  readonly #click: ItemOptions['click']
  readonly commandId = ++lastCommand

  constructor(options: ItemOptions) {
    const { id, label, type, role, submenu } = options
    must(type !== 'submenu' || submenu, 'Invalid submenu')
    must(submenu === undefined || !type || type === 'submenu', 'Invalid submenu')
    this.id = id ?? ''
    this.role = role
    this.label = label ?? role ?? ''
    this.type = type ?? (submenu ? 'submenu' : 'normal')
    this.submenu =
      submenu === undefined || submenu instanceof Menu ? submenu : Menu.buildFromTemplate(submenu)
    this.enabled = options.enabled ?? true
    this.visible = options.visible ?? true
    this.checked = options.checked ?? false
    this.#click = options.click
  }

  click(): void {
    if (!this.enabled || !this.visible) return
    if (this.type === 'checkbox') this.checked = !this.checked
    if (this.type === 'radio') this.checked = true
    if (this.role === 'quit') app.quit()
    this.#click?.(this, BrowserWindow.getFocusedWindow() ?? undefined, {})
  }
}

let ofApplication: Menu | null = null

/** `Menu`. */
export class Menu extends EventEmitter {
  readonly items: MenuItem[] = []

  static buildFromTemplate(template: readonly (ItemOptions | MenuItem)[]): Menu {
    must(Array.isArray(template), 'Invalid template for Menu: Menu template must be an array')
    const menu = new Menu()
    for (const item of template) menu.append(item instanceof MenuItem ? item : new MenuItem(item))
    return menu
  }

  static setApplicationMenu(menu: Menu | null): void {
    ofApplication = menu
  }

  static getApplicationMenu(): Menu | null {
    return ofApplication
  }

  append(item: MenuItem): void {
    this.items.push(item)
  }

  insert(position: number, item: MenuItem): void {
    this.items.splice(position, 0, item)
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id)
      if (found) return found
    }
    return null
  }

  popup(): void {
    this.emit('menu-will-show')
  }

  closePopup(): void {
    this.emit('menu-will-close')
  }
}

/** A menu as the session bus shows it. */
export interface MenuLine {
  readonly id: number
  readonly type: ItemType
  readonly label: string
  readonly enabled: boolean
  readonly visible: boolean
  readonly checked: boolean
  readonly items: readonly MenuLine[]
}

/** What the panel gets of a menu: a copy, so that a changed menu must be set again. */
export function toLines(menu: Menu | null | undefined): readonly MenuLine[] {
  return (menu?.items ?? []).map((item) => ({
    ...{ id: item.commandId, type: item.type, label: item.label },
    ...{ enabled: item.enabled, visible: item.visible, checked: item.checked },
    items: toLines(item.submenu),
  }))
}

/** Clicks the item that the panel named. */
export function clickIn(menu: Menu | null | undefined, id: number): void {
  for (const item of menu?.items ?? []) {
    if (item.commandId === id) item.click()
    else clickIn(item.submenu, id)
  }
}

/** Announces the submenu of the item that the panel named; nothing announces that it was closed. */
export function showIn(menu: Menu | null | undefined, id: number): void {
  for (const item of menu?.items ?? []) {
    if (item.commandId === id) item.submenu?.emit('menu-will-show')
    else showIn(item.submenu, id)
  }
}
