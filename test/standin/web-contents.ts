import { EventEmitter } from 'node:events'
import { complain, fromChromium, must, PreventableEvent, toChromium } from './basics.ts'
import { Frame } from './frame.ts'
import { ipcMain } from './ipc-main.ts'
import { Renderer } from './renderer.ts'
import type { Session } from './session.ts'
import { nativeTheme } from './small-parts.ts'
import { recordTraffic } from './traffic.ts'
import { makeWire } from './wire.ts'

export interface ContentsOptions {
  readonly preload: string | undefined
  readonly session: Session
  readonly width: number
  readonly height: number
}

type OpenHandler = (details: { url: string; disposition: string }) => { action: string }

interface FromPage {
  readonly kind: 'invoke' | 'send' | 'press' | 'seen'
  readonly id: number
  readonly channel: string
  readonly args: unknown
}

const wire = makeWire()
let lastId = 0

/** `WebContents` of a page of Chromium; a crashed page is replaced by a new one when loaded. */
export class WebContents extends EventEmitter {
  readonly id = ++lastId
  readonly session: Session
  readonly mainFrame = new Frame(() => this.getURL())
  readonly #options: ContentsOptions
  #renderer: Promise<Renderer>
  #opened: Renderer | undefined
  #mayOpen: OpenHandler | undefined
  #url = ''
  #isCrashed = false
  #isDestroyed = false
  #isLoading = false
  #zoom = 1
  #size: { readonly width: number; readonly height: number }

  constructor(options: ContentsOptions) {
    super()
    this.#options = options
    this.session = options.session
    this.#size = options
    this.#renderer = this.#open()
    nativeTheme.on('updated', () => this.#followTheme())
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#mayOpen = handler
  }

  getURL(): string {
    return fromChromium(this.#opened?.page.url() ?? this.#url)
  }

  getTitle(): string {
    return ''
  }

  getType(): string {
    return 'window'
  }

  isDestroyed(): boolean {
    return this.#isDestroyed
  }

  isCrashed(): boolean {
    return this.#isCrashed
  }

  isLoading(): boolean {
    return this.#isLoading
  }

  isLoadingMainFrame(): boolean {
    return this.#isLoading
  }

  send(channel: string, ...args: unknown[]): void {
    this.#deliver({ kind: 'event', channel, value: wire.encode(args) })
  }

  async loadURL(url: string): Promise<void> {
    this.#url = toChromium(url)
    this.#isLoading = true
    try {
      if (this.#isCrashed) await this.#replace()
      await (await this.#renderer).load(this.#url)
    } catch (error) {
      this.emit('did-fail-load', {}, -2, 'ERR_FAILED', url, true)
      throw new Error(`ERR_FAILED (-2) loading '${url}'`, { cause: error })
    } finally {
      this.#isLoading = false
    }
  }

  reload(): void {
    // A reload is not awaited, as in Electron: a failure is an event.
    this.loadURL(fromChromium(this.#url)).catch(() => {})
  }

  reloadIgnoringCache(): void {
    this.reload()
  }

  async executeJavaScript(code: string): Promise<unknown> {
    return (await this.#renderer).page.evaluate(code)
  }

  forcefullyCrashRenderer(): void {
    void this.#renderer.then(({ page }) => page.goto('chrome://crash').catch(() => {}))
  }

  openDevTools(): void {}
  closeDevTools(): void {}
  isDevToolsOpened(): boolean {
    return false
  }
  focus(): void {}
  setZoomFactor(factor: number): void {
    must(factor > 0, "'zoomFactor' must be a double greater than 0.0")
    this.#zoom = factor
    this.resize(this.#size)
  }
  setZoomLevel(): void {}
  setIgnoreMenuShortcuts(): void {}
  setBackgroundThrottling(): void {}
  setWebRTCIPHandlingPolicy(): void {}
  async setVisualZoomLevelLimits(): Promise<void> {}

  /** The page of an enlarged window has fewer of its larger pixels. */
  resize(size: { width: number; height: number }): void {
    this.#size = size
    const scaled = {
      width: Math.round(size.width / this.#zoom),
      height: Math.round(size.height / this.#zoom),
    }
    void this.#renderer.then((renderer) => renderer.resize(scaled)).catch(() => {})
  }

  /** Shows or hides the window around it; not part of Electron's API. */
  setVisible(isVisible: boolean): void {
    void this.#renderer.then((renderer) => renderer.setVisible(isVisible)).catch(() => {})
  }

  #followTheme(): void {
    const colorScheme = nativeTheme.shouldUseDarkColors ? 'dark' : 'light'
    void this.#renderer.then(({ page }) => page.emulateMedia({ colorScheme })).catch(() => {})
  }

  /** Closes the page; not part of Electron's API. */
  destroy(): void {
    if (this.#isDestroyed) return
    this.#isDestroyed = true
    this.emit('destroyed')
    void this.#renderer.then(({ page }) => page.close()).catch(() => {})
  }

  async #open(): Promise<Renderer> {
    let opened: Renderer | undefined
    opened = await Renderer.open(
      { ...this.#options, contents: this },
      {
        message: (text) => void this.#answer(JSON.parse(text) as FromPage),
        navigates: (url) => {
          const event = new PreventableEvent({ url, isMainFrame: true, frame: this.mainFrame })
          this.emit('will-frame-navigate', event)
          if (!event.defaultPrevented) this.emit('will-navigate', event, url)
          return !event.defaultPrevented
        },
        opens: (url) => this.#mayOpen?.({ url, disposition: 'new-window' }).action !== 'deny',
        loaded: (event) => this.emit(event),
        console: (level, message, sourceId, lineNumber) =>
          this.emit('console-message', { level, message, sourceId, lineNumber }),
        crashed: () => this.#crashed(),
        closed: () => {
          // The page of a crash is closed when another one has replaced it.
          if (this.#opened === opened) this.emit('page-closed')
        },
      },
    )
    this.#opened = opened
    return opened
  }

  #crashed(): void {
    if (this.#isDestroyed) return
    this.#isCrashed = true
    this.emit('render-process-gone', {}, { reason: 'killed', exitCode: 9 })
  }

  async #replace(): Promise<void> {
    const gone = this.#opened?.page
    this.#renderer = this.#open()
    await this.#renderer
    this.#isCrashed = false
    // A crashed page sometimes cannot be closed.
    await gone?.close().catch(() => {})
  }

  async #answer({ kind, id, channel, args }: FromPage): Promise<void> {
    if (kind === 'press' || kind === 'seen') {
      this.emit(kind === 'press' ? 'person-acts' : 'person-sees')
      return
    }
    const values = wire.decode(args) as unknown[]
    const event = {
      sender: this,
      senderFrame: this.mainFrame,
      ...{ processId: 1, frameId: 1, type: 'frame' },
      reply: (to: string, ...more: unknown[]) => this.send(to, ...more),
    }
    if (kind === 'send') {
      ipcMain.emit(channel, event, ...values)
      return
    }
    try {
      const value = wire.encode(await ipcMain.invoke(event, channel, values))
      this.#reply({ kind: 'reply', id, channel, value })
    } catch (error) {
      complain(`error occurred in handler for '${channel}':`, error)
      const sentence = `Error invoking remote method '${channel}': ${String(error)}`
      this.#reply({ kind: 'reply', id, channel, error: sentence })
    }
  }

  /** As in Electron, an answer that comes too late for the page is dropped. */
  #reply(message: object): void {
    if (!this.#isDestroyed) this.#deliver(message)
  }

  #deliver(message: object): void {
    if (this.#isDestroyed) throw new TypeError('Object has been destroyed')
    const text = JSON.stringify(message)
    recordTraffic(text)
    void this.#renderer.then((renderer) => renderer.deliver(text)).catch(() => {})
  }
}
