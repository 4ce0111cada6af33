import { EventEmitter } from 'node:events'
import path from 'node:path'
import { app } from './app.ts'
import { must, PreventableEvent } from './basics.ts'
import { type Session, session } from './session.ts'
import { isShown } from './shown-chromium.ts'
import { onWayland } from './wayland.ts'
import { WebContents } from './web-contents.ts'

interface WebPreferences {
  readonly preload?: string
  readonly sandbox?: boolean
  readonly contextIsolation?: boolean
  readonly nodeIntegration?: boolean
  readonly session?: Session
  readonly partition?: string
}

interface Bounds {
  x: number
  y: number
  width: number
  height: number
}

type Options = Partial<Bounds> & {
  readonly title?: string
  readonly show?: boolean
  readonly webPreferences?: WebPreferences
}

const windows = new Set<BrowserWindow>()
let lastId = 0

/** `BrowserWindow`: a page of Chromium, with the state that a window manager would keep. */
export class BrowserWindow extends EventEmitter {
  readonly id = ++lastId
  readonly webContents: WebContents
  readonly #bounds: Bounds
  #title: string
  #isVisible: boolean
  #isFocused = false
  #isOnTop = false
  #isDestroyed = false
  #wasReady = false
  #hasLoaded = false

  static getAllWindows(): BrowserWindow[] {
    return [...windows]
  }

  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return [...windows].find((window) => window.webContents === contents) ?? null
  }

  static fromId(id: number): BrowserWindow | null {
    return [...windows].find((window) => window.id === id) ?? null
  }

  static getFocusedWindow(): BrowserWindow | null {
    return [...windows].find((window) => window.isFocused()) ?? null
  }

  constructor(options: Options = {}) {
    super()
    must(app.isReady(), 'Cannot create BrowserWindow before app is ready')
    const preferences = options.webPreferences ?? {}
    const { width = 800, height = 600, x = 0, y = 0 } = options
    this.#bounds = { x, y, width, height }
    this.#title = options.title ?? app.name
    this.#isVisible = options.show !== false
    this.webContents = new WebContents({
      preload: checked(preferences),
      session: preferences.session ?? toSession(preferences.partition),
      ...{ width, height },
    })
    this.webContents.on('did-finish-load', () => {
      this.#hasLoaded = true
      if (!onWayland || this.#isVisible) this.#becomeReady()
    })
    this.webContents.on('person-acts', () => this.#takeFocus())
    if (isShown) this.#followUser()
    windows.add(this)
    app.windows.add(this)
    app.emit('browser-window-created', {}, this)
    app.emit('web-contents-created', {}, this.webContents)
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url)
  }

  reload(): void {
    this.webContents.reload()
  }

  show(): void {
    this.showInactive()
    this.focus()
  }

  showInactive(): void {
    if (this.#isVisible) return
    this.#isVisible = true
    this.webContents.setVisible(true)
    this.emit('show')
    if (this.#hasLoaded) this.#becomeReady()
  }

  hide(): void {
    if (!this.#isVisible) return
    this.#isVisible = false
    this.webContents.setVisible(false)
    this.blur()
    this.emit('hide')
  }

  /** A compositor gives no focus on request without a user action. */
  focus(): void {
    if (!onWayland) this.#takeFocus()
  }

  /** A hidden window comes back from the taskbar. */
  #followUser(): void {
    for (const event of ['person-acts', 'person-sees'])
      this.webContents.on(event, () => this.show())
    this.webContents.on('page-closed', () => this.close())
  }

  #becomeReady(): void {
    if (this.#wasReady) return
    this.#wasReady = true
    this.emit('ready-to-show')
  }

  #takeFocus(): void {
    if (!this.#isVisible || this.#isFocused) return
    this.#isFocused = true
    this.emit('focus')
  }

  blur(): void {
    if (!this.#isFocused) return
    this.#isFocused = false
    this.emit('blur')
  }

  isVisible(): boolean {
    return this.#isVisible && !this.#isDestroyed
  }

  isFocused(): boolean {
    return this.#isFocused && this.isVisible()
  }

  isDestroyed(): boolean {
    return this.#isDestroyed
  }

  isMinimized(): boolean {
    return false
  }

  isAlwaysOnTop(): boolean {
    return this.#isOnTop
  }

  setAlwaysOnTop(isOnTop: boolean): void {
    this.#isOnTop = isOnTop
  }

  getBounds(): Bounds {
    return { ...this.#bounds }
  }

  getContentBounds(): Bounds {
    return this.getBounds()
  }

  getSize(): [number, number] {
    return [this.#bounds.width, this.#bounds.height]
  }

  getPosition(): [number, number] {
    return [this.#bounds.x, this.#bounds.y]
  }

  setBounds(bounds: Partial<Bounds>): void {
    const isSized = bounds.width !== undefined || bounds.height !== undefined
    Object.assign(this.#bounds, bounds)
    if (isSized) this.webContents.resize(this.#bounds)
  }

  setSize(width: number, height: number): void {
    this.setBounds({ width, height })
  }

  /** A compositor lets no window choose its position. */
  setPosition(x: number, y: number): void {
    if (!onWayland) this.setBounds({ x, y })
  }

  getTitle(): string {
    return this.#title
  }

  setTitle(title: string): void {
    this.#title = title
  }

  close(): void {
    const event = new PreventableEvent()
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }

  destroy(): void {
    if (this.#isDestroyed) return
    this.#isDestroyed = true
    windows.delete(this)
    app.windows.delete(this)
    this.webContents.destroy()
    this.emit('closed')
    app.windowClosed()
  }

  restore(): void {}
  minimize(): void {}
  center(): void {}
  moveTop(): void {}
  setMenu(): void {}
  removeMenu(): void {}
  setMenuBarVisibility(): void {}
  setAutoHideMenuBar(): void {}
  setSkipTaskbar(): void {}
  setResizable(): void {}
  setMinimumSize(): void {}
  setMaximumSize(): void {}
  setIcon(): void {}
  setBackgroundColor(): void {}
  setContentProtection(): void {}
  setVisibleOnAllWorkspaces(): void {}
  setOpacity(): void {}
}

/** Refuses what Electron refuses, and every window that is not hardened. */
function checked(preferences: WebPreferences): string | undefined {
  const { preload, sandbox, contextIsolation, nodeIntegration } = preferences
  const isSafe = sandbox !== false && contextIsolation !== false && !nodeIntegration
  must(isSafe, 'stand-in: only sandboxed, isolated windows without Node')
  must(!preload || path.isAbsolute(preload), 'preload script must have absolute path')
  must(!preload?.endsWith('.mjs'), 'Cannot use import statement outside a module')
  return preload
}

function toSession(partition: string | undefined): Session {
  return partition === undefined ? session.defaultSession : session.fromPartition(partition)
}
