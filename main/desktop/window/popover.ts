import type { BrowserWindow, Rectangle, Screen } from 'electron'
import { ACTIVITY_CHANNEL, SNAPSHOT_CHANNEL } from '../../../preload/contract.ts'
import type { CopyForm, Snapshot } from '../../../preload/snapshot.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { PageFeed } from '../ipc/page-feed.ts'
import { PAGE_URL } from '../renderer-files.ts'
import { hasPlace, placePopover } from './popover-position.ts'
import { Restarts } from './restarts.ts'
import type { Size } from './window-options.ts'
import type { SizeMemory } from './window-size.ts'

/** Where the page is to go; it is told by the fragment of its address. */
export type Place =
  | { readonly at: 'settings' }
  | { readonly at: 'login'; readonly account: string }
  /** At the button that copies it in this form. */
  | { readonly at: 'copy'; readonly account: string; readonly form: CopyForm }

interface PopoverPorts {
  readonly createWindow: (size: Size) => BrowserWindow
  readonly size: SizeMemory
  readonly screen: Pick<Screen, 'getCursorScreenPoint' | 'getDisplayNearestPoint'>
  /** Where the icon in the tray is; all zero where the system does not say. */
  readonly icon: () => Rectangle
  readonly platform: NodeJS.Platform
  readonly isWayland: boolean
  readonly clock: Clock
  readonly log: Log
  /** Windows is about to end the person's session, and waits for nobody. */
  readonly sessionEnds: () => void
  /** The person has closed it, which only hides it. */
  readonly closed: () => void
  readonly feed: PageFeed
  /** What is so now, for a page that comes into sight again. */
  readonly fresh: () => Promise<Snapshot>
  /** The page has failed again and again; it is loaded once more when the popover is next opened. */
  readonly gaveUp: () => void
}

/** Chromium's code for a load that gave way to another one. */
const ABORTED = -3

/** Between the loss of the focus and the click that caused it. */
const SAME_CLICK_MS = 300

/** After this long a window is shown that somebody waits for, whatever there is to see in it. */
const READY_MS = 2_000

/** The window under the icon. It lives as long as the program; closing it only hides it. */
export class Popover {
  readonly #ports: PopoverPorts
  readonly #window: BrowserWindow
  readonly #restarts: Restarts
  #isReady = false
  #isWanted = false
  #wasOpened = false
  #hasGivenUp = false
  #mayClose = false
  /** Dialogs of ours that are open: they take the focus, and must not hide what they belong to. */
  #dialogs = 0
  #visits = 0
  /** Something has changed that the page was not sent. */
  #isBehind = false
  #isRecordBehind = false
  /** Ends when a fresh one has been sent. */
  #coming: Promise<void> | null = null
  /** When the person last went elsewhere and it was hidden, by the monotonic clock. */
  #leftAt = Number.NEGATIVE_INFINITY

  constructor(ports: PopoverPorts) {
    this.#ports = ports
    this.#restarts = new Restarts(ports.clock)
    this.#window = ports.createWindow(ports.size.read())
    this.#listen()
    this.#load(PAGE_URL)
  }

  /** What messages of our page come from; `null` once it is gone. */
  get contents(): BrowserWindow['webContents'] | null {
    return this.#window.isDestroyed() ? null : this.#window.webContents
  }

  /** The person has it before their eyes. */
  get isWatched(): boolean {
    return !this.#window.isDestroyed() && this.#window.isVisible() && this.#window.isFocused()
  }

  /**
   * Sends the page what it does not know of this, unless nobody sees that: then it is told when it is
   * shown again.
   */
  send(snapshot: Snapshot): void {
    this.#isBehind = !this.#isInSight
    if (this.#isInSight) this.#send(snapshot)
  }

  /** Says that the record has gone on; a page that nobody sees is told when it is shown again. */
  tellOfActivity(): void {
    if (this.#isInSight) this.#sendOfActivity()
    else this.#isRecordBehind = true
  }

  /** Shows it, at once or as soon as there is something to see, within 2 s, and goes to a place in it. */
  open(place?: Place): void {
    if (this.#window.isDestroyed()) return
    if (this.#hasGivenUp) {
      this.#hasGivenUp = false
      this.#load(PAGE_URL)
    }
    if (place) this.#visit(place)
    this.#isWanted = true
    this.#wasOpened = true
    if (this.#isReady) this.#show()
    else this.#ports.clock.after(READY_MS, () => this.#becomeReady())
  }

  /** True while what is typed goes to it. */
  get hasFocus(): boolean {
    return !this.#window.isDestroyed() && this.#window.isFocused()
  }

  /** Shows it, unless it was shown before. */
  openOnce(): void {
    if (!this.#wasOpened) this.open()
  }

  /** Hides it because the person wants it out of the way. */
  close(): void {
    this.hide()
    this.#ports.closed()
  }

  hide(): void {
    this.#isWanted = false
    if (this.#window.isDestroyed()) return
    // On Wayland Chromium aborts where one that was hidden while it was minimized is shown again
    // (wayland_toplevel_window.cc, TriggerStateChanges); a taskbar can close such a window.
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.hide()
  }

  /** What a click on the icon does. */
  toggle(): void {
    if (this.#window.isDestroyed()) return
    // The click itself has taken the focus away: it was meant to close what it has just hidden.
    const sinceLeft = this.#ports.clock.monotonic() - this.#leftAt
    // Where it stays when the focus goes it may be behind others: then it comes to the front.
    const isInFront = this.#ports.platform !== 'linux' || this.#window.isFocused()
    if (this.#window.isVisible() && isInFront) this.hide()
    else if (sinceLeft >= SAME_CLICK_MS) this.open()
  }

  /** Stays open while `work`, which shows a dialog over it, is under way. */
  async keepOpen<Value>(work: (window: BrowserWindow) => Promise<Value>): Promise<Value> {
    this.#dialogs += 1
    try {
      return await work(this.#window)
    } finally {
      this.#dialogs -= 1
    }
  }

  /** Closes it for good. */
  remove(): void {
    this.#mayClose = true
    if (this.#window.isDestroyed()) return
    // On Linux nothing tells of a new size before it is hidden, and this does not hide it first.
    this.#rememberSize()
    this.#window.destroy()
  }

  get #isInSight(): boolean {
    return !this.#window.isDestroyed() && this.#window.isVisible() && !this.#window.isMinimized()
  }

  #send(snapshot: Snapshot): void {
    if (this.#window.isDestroyed() || this.#window.webContents.isCrashed()) return
    const push = this.#ports.feed.next(snapshot)
    if (push) this.#window.webContents.send(SNAPSHOT_CHANNEL, push)
  }

  #sendOfActivity(): void {
    if (this.#window.webContents.isCrashed()) return
    this.#isRecordBehind = false
    this.#window.webContents.send(ACTIVITY_CHANNEL)
  }

  /**
   * Before it is seen, and whenever the window manager brings it back by itself. Resolves when the page
   * was sent what it has missed; `null` if it has missed nothing.
   */
  #bringUpToDate(): Promise<void> | null {
    if (this.#window.isDestroyed()) return null
    if (this.#isRecordBehind) this.#sendOfActivity()
    if (this.#isBehind) this.#coming ??= this.#sendFresh()
    return this.#coming
  }

  async #sendFresh(): Promise<void> {
    this.#isBehind = false
    try {
      this.#send(await this.#ports.fresh())
    } catch (error) {
      this.#isBehind = true
      this.#ports.log.error('a snapshot could not be shown', { error })
    }
    this.#coming = null
  }

  #listen(): void {
    const { platform, log } = this.#ports
    const window = this.#window
    // On Wayland a window that was never shown may never be ready (electron/electron#48859).
    window.once('ready-to-show', () => this.#becomeReady())
    window.webContents.once('did-finish-load', () => this.#becomeReady())
    window.on('close', (event) => {
      if (this.#mayClose) return
      event.preventDefault()
      this.close()
    })
    window.on('blur', () => {
      // On Linux it is a window like others: there some window managers give it no focus when it is
      // shown, or take it away for a moment, and it would vanish before anybody saw it.
      if (platform === 'linux' || this.#dialogs > 0) return
      this.#leftAt = this.#ports.clock.monotonic()
      this.hide()
    })
    window.on('show', () => void this.#bringUpToDate())
    window.on('restore', () => void this.#bringUpToDate())
    window.on('session-end', () => this.#ports.sessionEnds())
    window.on('resized', () => this.#rememberSize())
    window.on('hide', () => this.#rememberSize())
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      log.error('the page has failed', { reason })
      this.#reload()
    })
    // Security: not in its words, which may quote what was typed.
    window.webContents.on('console-message', ({ level, sourceId, lineNumber }) => {
      if (level === 'error')
        log.error('the page tells of an error', { at: `${sourceId}:${lineNumber}` })
    })
    window.webContents.on('did-fail-load', (_event, code, _what, _url, isMainFrame) => {
      // One that another took the place of has not failed.
      if (code === ABORTED) return
      log.error('the page could not be loaded', { code })
      // As of a page that has failed, there would be nothing to see.
      if (isMainFrame) this.#reload()
    })
  }

  #becomeReady(): void {
    if (this.#isReady || this.#window.isDestroyed()) return
    this.#isReady = true
    if (this.#isWanted) this.#show()
  }

  #reload(): void {
    if (this.#mayClose) return
    if (this.#restarts.allowOne()) {
      this.#load(PAGE_URL)
      return
    }
    this.#hasGivenUp = true
    this.hide()
    this.#ports.gaveUp()
  }

  #load(url: string): void {
    // What becomes of it is told by an event as well.
    this.#window.loadURL(url).catch(() => undefined)
  }

  /** A number makes each address another one, so that the page also hears of the same place again. */
  #visit(place: Place): void {
    this.#visits += 1
    const account = place.at === 'settings' ? '' : `/${encodeURIComponent(place.account)}`
    const form = place.at === 'copy' ? `/${place.form}` : ''
    this.#load(`${PAGE_URL}#${this.#visits}/${place.at}${account}${form}`)
  }

  #show(): void {
    const coming = this.#bringUpToDate()
    if (!coming) this.#present()
    else void coming.then(() => this.#isWanted && this.#present())
  }

  #present(): void {
    if (this.#window.isDestroyed()) return
    const { screen, icon, platform, isWayland } = this.#ports
    const pointer = screen.getCursorScreenPoint()
    const at = icon()
    const { workArea } = screen.getDisplayNearestPoint(hasPlace(at) ? at : pointer)
    const place = placePopover({
      ...{ icon: at, pointer, workArea, platform, isWayland },
      size: this.#currentSize(),
    })
    if (place && !this.#window.isVisible()) this.#window.setPosition(place.x, place.y)
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.show()
    this.#window.focus()
  }

  #rememberSize(): void {
    this.#ports.size.write(this.#currentSize())
  }

  #currentSize(): Size {
    const [width = 0, height = 0] = this.#window.getSize()
    return { width, height }
  }
}
