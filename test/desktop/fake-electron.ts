import { EventEmitter } from 'node:events'
import type {
  App,
  BrowserWindow,
  IpcMain,
  Menu,
  MenuItemConstructorOptions,
  NativeImage,
  Session,
  Tray,
  WebContents,
} from 'electron'

/** A preventable event, as Electron passes it to listeners. */
class FakeEvent {
  defaultPrevented = false

  preventDefault(): void {
    this.defaultPrevented = true
  }
}

/** Emits a preventable event, and returns whether it was prevented. */
export function isPrevented(emitter: EventEmitter, name: string, ...args: unknown[]): boolean {
  const event = new FakeEvent()
  emitter.emit(name, event, ...args)
  return event.defaultPrevented
}

/** Records every call of the given methods, and returns their given results. */
export class FakeApp extends EventEmitter {
  isPackaged = true
  quits = 0
  readonly exits: number[] = []
  isSandboxed = false
  readonly switches = new Set<string>()
  readonly commandLine = { hasSwitch: (name: string) => this.switches.has(name) }
  wasOpenedAtLogin = false

  enableSandbox(): void {
    this.isSandboxed = true
  }

  getAppPath(): string {
    return '/the/app'
  }

  getLoginItemSettings() {
    return { wasOpenedAtLogin: this.wasOpenedAtLogin }
  }

  /** As Electron: preventing the first event keeps the program running. */
  quit(): void {
    if (!isPrevented(this, 'before-quit')) this.quits += 1
  }

  exit(code: number): void {
    this.exits.push(code)
  }

  get asApp(): App {
    return this as unknown as App
  }
}

export class FakeContents extends EventEmitter {
  readonly id = 1
  readonly sent: { readonly channel: string; readonly value: unknown }[] = []
  openHandler: (() => { action: string }) | null = null
  isGone = false
  closedTools = 0
  zoom = 1

  setZoomFactor(factor: number): void {
    this.zoom = factor
  }
  webRtc = 'default'

  setWebRTCIPHandlingPolicy(policy: string): void {
    this.webRtc = policy
  }

  setWindowOpenHandler(handler: () => { action: string }): void {
    this.openHandler = handler
  }

  send(channel: string, value: unknown): void {
    this.sent.push({ channel, value })
  }

  isCrashed(): boolean {
    return this.isGone
  }

  closeDevTools(): void {
    this.closedTools += 1
  }

  get asContents(): WebContents {
    return this as unknown as WebContents
  }
}

export class FakeWindow extends EventEmitter {
  readonly webContents = new FakeContents()
  readonly loaded: string[] = []
  position: readonly number[] | null = null
  size: [number, number] = [380, 560]
  smallest: readonly number[] | null = null
  #isVisible = false
  #isDestroyed = false
  isFocusedNow = false
  isMinimizedNow = false
  /** Hidden while minimized: on Wayland showing it would crash the program. */
  #isLost = false
  beforeShow: () => void = () => undefined

  async loadURL(url: string): Promise<void> {
    this.loaded.push(url)
  }

  show(): void {
    this.beforeShow()
    if (this.#isLost) throw new Error('FATAL: Should not be called with kMinimized state')
    this.#isVisible = true
    this.emit('show')
  }

  hide(): void {
    this.#isVisible = false
    this.#isLost = this.isMinimizedNow
    this.emit('hide')
  }

  focus(): void {
    this.isFocusedNow = true
  }

  isFocused(): boolean {
    return this.isFocusedNow
  }

  isMinimized(): boolean {
    return this.isMinimizedNow
  }

  restore(): void {
    this.isMinimizedNow = false
  }

  isVisible(): boolean {
    return this.#isVisible
  }

  isDestroyed(): boolean {
    return this.#isDestroyed
  }

  destroy(): void {
    this.#isDestroyed = true
  }

  getSize(): [number, number] {
    return this.size
  }

  setSize(width: number, height: number): void {
    this.size = [width, height]
  }

  setMinimumSize(width: number, height: number): void {
    this.smallest = [width, height]
  }

  setPosition(x: number, y: number): void {
    this.position = [x, y]
  }

  get asWindow(): BrowserWindow {
    return this as unknown as BrowserWindow
  }
}

type Handler = (event: unknown, ...args: unknown[]) => Promise<unknown>

export class FakeIpcMain extends EventEmitter {
  readonly handlers = new Map<string, Handler>()

  handle(channel: string, handler: Handler): void {
    if (this.handlers.has(channel)) throw new Error(`There are two handlers of ${channel}.`)
    this.handlers.set(channel, handler)
  }

  /** As if a page had called `ipcRenderer.invoke`. */
  async invoke(channel: string, event: unknown, args: readonly unknown[]): Promise<unknown> {
    const handler = this.handlers.get(channel)
    if (!handler) throw new Error(`There is no handler of ${channel}.`)
    return await handler(event, ...args)
  }

  get asIpcMain(): IpcMain {
    return this as unknown as IpcMain
  }
}

type Decide = (contents: unknown, permission: string, decide: (may: boolean) => void) => void
type BeforeRequest = (
  details: { url: string },
  decide: (answer: { cancel: boolean }) => void,
) => void

export class FakeSession extends EventEmitter {
  readonly served = new Map<string, (request: Request) => Promise<Response>>()
  permissionRequest: Decide | null = null
  permissionCheck: (() => boolean) | null = null
  devicePermission: (() => boolean) | null = null
  beforeRequest: BeforeRequest | null = null
  checksSpelling = true

  readonly protocol = {
    handle: (scheme: string, serve: (request: Request) => Promise<Response>) =>
      this.served.set(scheme, serve),
  }
  readonly webRequest = {
    onBeforeRequest: (handler: BeforeRequest) => {
      this.beforeRequest = handler
    },
  }

  setPermissionRequestHandler(handler: Decide): void {
    this.permissionRequest = handler
  }

  setPermissionCheckHandler(handler: () => boolean): void {
    this.permissionCheck = handler
  }

  setDevicePermissionHandler(handler: () => boolean): void {
    this.devicePermission = handler
  }

  setSpellCheckerEnabled(enabled: boolean): void {
    this.checksSpelling = enabled
  }

  get asSession(): Session {
    return this as unknown as Session
  }
}

/** `Menu`, with the submenus of its items, which emit what Electron reports of them. */
export class FakeMenu extends EventEmitter {
  readonly template: readonly MenuItemConstructorOptions[]
  readonly items: readonly { readonly id: string | undefined; readonly submenu?: FakeMenu }[]

  constructor(template: readonly MenuItemConstructorOptions[]) {
    super()
    this.template = template
    this.items = template.map(({ id, submenu }) => ({
      id,
      ...(Array.isArray(submenu) && { submenu: new FakeMenu(submenu) }),
    }))
  }

  /** As a panel that announces the submenu of an item before it shows it. */
  openSubmenu(id: string): void {
    const { submenu } = this.items.find((item) => item.id === id) ?? {}
    if (!submenu) throw new Error(`${id} has no submenu.`)
    submenu.emit('menu-will-show')
  }
}

/** Clicks the item with that id, at any depth of the menu; throws if it cannot be clicked. */
export function click(menu: FakeMenu | null, id: string): void {
  const find = (
    items: readonly MenuItemConstructorOptions[],
  ): MenuItemConstructorOptions | undefined => {
    for (const item of items) {
      if (item.id === id) return item
      const below = Array.isArray(item.submenu) ? find(item.submenu) : undefined
      if (below) return below
    }
    return undefined
  }
  const item = find(menu?.template ?? [])
  if (!item?.click || item.enabled === false) throw new Error(`${id} cannot be clicked.`)
  ;(item.click as () => void)()
}

export class FakeTray extends EventEmitter {
  static made: FakeTray[] = []
  image: unknown
  toolTip = ''
  toolTipsSet = 0
  menu: FakeMenu | null = null
  popped: (FakeMenu | undefined)[] = []
  menusSet = 0
  isGone = false

  constructor(image: unknown) {
    super()
    this.image = image
    FakeTray.made.push(this)
  }

  setImage(image: unknown): void {
    this.image = image
  }

  setToolTip(text: string): void {
    this.toolTip = text
    this.toolTipsSet += 1
  }

  setContextMenu(menu: FakeMenu): void {
    this.menu = menu
    this.menusSet += 1
  }

  popUpContextMenu(menu?: FakeMenu): void {
    this.popped.push(menu)
  }

  isDestroyed(): boolean {
    return this.isGone
  }

  destroy(): void {
    this.isGone = true
  }

  getBounds() {
    return { x: 0, y: 0, width: 0, height: 0 }
  }
}

/** The part of Electron's namespace that a tray icon needs. */
export const nativeTray = {
  Tray: FakeTray as unknown as new (image: NativeImage) => Tray,
  Menu: {
    buildFromTemplate: (template: readonly MenuItemConstructorOptions[]) => new FakeMenu(template),
  } as unknown as Pick<typeof Menu, 'buildFromTemplate'>,
}

/** A log that keeps its lines. */
export function makeLog() {
  const lines: string[] = []
  const write = (message: string, fields?: unknown) =>
    lines.push(fields === undefined ? message : `${message} ${String(JSON.stringify(fields))}`)
  return { lines, info: write, warn: write, error: write }
}
