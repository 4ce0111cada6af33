import type { BrowserWindow, Rectangle, Screen } from 'electron'
import { ACTIVITY_CHANNEL, SNAPSHOT_CHANNEL } from '../../../preload/contract.ts'
import type { CopyForm, Snapshot } from '../../../preload/snapshot.ts'
import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { PageFeed } from '../ipc/page-feed.ts'
import { PAGE_URL } from '../renderer-files.ts'
import { hasSize, placePopover } from './popover-position.ts'
import { Restarts } from './restarts.ts'
import { type Size, SMALLEST } from './window-options.ts'
import type { SizeMemory } from './window-size.ts'

/** Where the page should go; passed in the fragment of its URL. */
export type Place =
  | { readonly at: 'accounts' | 'add' | 'tokens' | 'settings' }
  /** The field that searches the accounts. */
  | { readonly at: 'search' }
  | { readonly at: 'login'; readonly account: string }
  /** The button that copies the token in this form. */
  | { readonly at: 'copy'; readonly account: string; readonly form: CopyForm }

interface PopoverPorts {
  readonly createWindow: (size: Size) => BrowserWindow
  readonly size: SizeMemory
  readonly screen: Pick<Screen, 'getCursorScreenPoint' | 'getDisplayNearestPoint'>
  /** The bounds of the tray icon; all zero if the system does not report them. */
  readonly icon: () => Rectangle
  readonly platform: NodeJS.Platform
  readonly isWayland: boolean
  readonly clock: Clock
  readonly log: Log
  /** Windows is about to end the session, and does not wait. */
  readonly sessionEnds: () => void
  /** The user has closed the window, which only hides it. */
  readonly closed: () => void
  readonly feed: PageFeed
  /** A current snapshot, for a window that becomes visible again. */
  readonly fresh: () => Promise<Snapshot>
  /** The page has failed repeatedly; it is loaded again when the window is next opened. */
  readonly gaveUp: () => void
}

/** Chromium's error code for a load that another one replaced. */
const ABORTED = -3

/** The most time between losing the focus and the click that caused it. */
const SAME_CLICK_MS = 300

/** Longer than any system lets a double click take. */
const DOUBLE_CLICK_MS = 1_000

/** A requested window is shown after this time even if the page is not ready. */
const READY_MS = 2_000

/** The window under the tray icon. It exists as long as the program; closing it only hides it. */
export class Popover {
  readonly #ports: PopoverPorts
  readonly #window: BrowserWindow
  readonly #restarts: Restarts
  #isReady = false
  #shouldShow = false
  #wasOpened = false
  #hasGivenUp = false
  #zoom = 1
  #mayClose = false
  /** One of our dialogs is open: it takes the focus, which must not hide the window. */
  #hasDialog = false
  /** When the last one was closed, by the monotonic clock. */
  #dialogLeftAt = Number.NEGATIVE_INFINITY
  #visits = 0
  /** The page has not been sent the latest snapshot. */
  #isBehind = false
  #isRecordBehind = false
  /** The sending of a fresh snapshot, while it is in progress. */
  #coming: Promise<void> | null = null
  /** When the window was last hidden because it lost the focus, by the monotonic clock. */
  #leftAt = Number.NEGATIVE_INFINITY

  constructor(ports: PopoverPorts) {
    this.#ports = ports
    this.#restarts = new Restarts(ports.clock)
    this.#window = ports.createWindow(ports.size.read())
    this.#listen()
    this.#load(PAGE_URL)
  }

  /** The web contents of our page; `null` once the window is destroyed. */
  get contents(): BrowserWindow['webContents'] | null {
    return this.#window.isDestroyed() ? null : this.#window.webContents
  }

  /** True while the window is visible and focused. */
  get isWatched(): boolean {
    return !this.#window.isDestroyed() && this.#window.isVisible() && this.#window.isFocused()
  }

  /**
   * Sends the page what has changed, if the window is visible; otherwise when it is next shown.
   */
  send(snapshot: Snapshot): void {
    this.#isBehind = !this.#isInSight
    if (this.#isInSight) this.#send(snapshot)
  }

  /** Announces new audit lines to the page, if the window is visible; otherwise when it is next shown. */
  tellOfActivity(): void {
    if (this.#isInSight) this.#sendOfActivity()
    else this.#isRecordBehind = true
  }

  /** Shows the window as soon as the page is ready, within 2 s, optionally at a place in it. */
  open(place?: Place): void {
    if (this.#window.isDestroyed()) return
    if (this.#hasGivenUp) {
      this.#hasGivenUp = false
      this.#load(PAGE_URL)
    }
    if (place) this.#visit(place)
    this.#shouldShow = true
    this.#wasOpened = true
    if (this.#isReady) this.#show()
    else this.#ports.clock.after(READY_MS, () => this.#becomeReady())
  }

  /** True while the window has the keyboard focus. */
  get hasFocus(): boolean {
    return !this.#window.isDestroyed() && this.#window.isFocused()
  }

  /** Shows the window, unless it was opened before. */
  openOnce(): void {
    if (!this.#wasOpened) this.open()
  }

  /** Hides the window at the user's request. */
  close(): void {
    this.hide()
    this.#ports.closed()
  }

  hide(): void {
    this.#shouldShow = false
    if (this.#window.isDestroyed()) return
    // On Wayland Chromium aborts when a window is shown that was hidden while minimized
    // (wayland_toplevel_window.cc, TriggerStateChanges); a taskbar can close a minimized window.
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.hide()
  }

  /** Shows or hides the window on a click on the icon. */
  toggle(): void {
    if (this.#window.isDestroyed()) return
    // The click itself took the focus and hid the window: it was meant to close it, not to reopen it.
    const sinceLeft = this.#ports.clock.monotonic() - this.#leftAt
    // On Linux the window stays open without the focus and may be behind others: bring it to the front.
    const isInFront = this.#ports.platform !== 'linux' || this.#window.isFocused()
    if (this.#window.isVisible() && isInFront) this.hide()
    else if (sinceLeft >= SAME_CLICK_MS) this.open()
  }

  /**
   * Keeps the window open while `work` shows a dialog over it. Rejects with `cancelled` while another one is open.
   *
   * Security: a page that was taken over could put a question where the user is about to click, so there is one
   * at a time, and the next one comes only when a double click on the last one must be over.
   */
  async keepOpen<Value>(work: (window: BrowserWindow) => Promise<Value>): Promise<Value> {
    if (this.#hasDialog) throw new TokentrayError('cancelled')
    const { clock } = this.#ports
    this.#hasDialog = true
    try {
      const left = this.#dialogLeftAt + DOUBLE_CLICK_MS - clock.monotonic()
      if (left > 0) await new Promise<void>((resolve) => clock.after(left, resolve))
      return await work(this.#window)
    } finally {
      this.#hasDialog = false
      this.#dialogLeftAt = clock.monotonic()
    }
  }

  /**
   * Shows everything in the window at this size, 1 for the usual one. The window gets wider if less than its usual
   * smallest width would fit into it.
   */
  zoomTo(factor: number): void {
    this.#zoom = factor
    if (this.#window.isDestroyed()) return
    this.#applyZoom()
    const { screen } = this.#ports
    const { workArea } = screen.getDisplayNearestPoint(screen.getCursorScreenPoint())
    const least = Math.round(Math.min(workArea.width, SMALLEST.width * Math.max(1, factor)))
    this.#window.setMinimumSize(least, SMALLEST.height)
    const { width, height } = this.#currentSize()
    if (width < least) this.#window.setSize(least, height)
  }

  /** Closes the window for good. */
  remove(): void {
    this.#mayClose = true
    if (this.#window.isDestroyed()) return
    // On Linux a resize is only noticed when the window is hidden, which `destroy` does not do first.
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
   * Sends the page what it has missed, before the window is shown or when the window manager restores
   * it. Resolves when a fresh snapshot was sent; `null` if none is needed.
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
    // A page that is loaded again has the usual size.
    window.webContents.on('dom-ready', () => this.#applyZoom())
    window.on('close', (event) => {
      if (this.#mayClose) return
      event.preventDefault()
      this.close()
    })
    window.on('blur', () => {
      // On Linux it is an ordinary window: some window managers do not focus it when it is shown, or
      // take the focus away for a moment, and it would vanish immediately.
      if (platform === 'linux' || this.#hasDialog) return
      this.#leftAt = this.#ports.clock.monotonic()
      this.hide()
    })
    window.on('show', () => void this.#bringUpToDate())
    window.on('restore', () => void this.#bringUpToDate())
    window.on('session-end', () => this.#ports.sessionEnds())
    window.on('resized', () => this.#rememberSize())
    window.on('hide', () => this.#rememberSize())
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      log.error('the page has crashed', { reason })
      this.#reload()
    })
    // Security: the message is not logged, because it may quote what was typed.
    window.webContents.on('console-message', ({ level, sourceId, lineNumber }) => {
      if (level === 'error')
        log.error('the page logged an error', { at: `${sourceId}:${lineNumber}` })
    })
    window.webContents.on('did-fail-load', (_event, code, _what, _url, isMainFrame) => {
      // Replaced by another load, not failed.
      if (code === ABORTED) return
      log.error('the page could not be loaded', { code })
      // As with a crashed page, the window would be empty.
      if (isMainFrame) this.#reload()
    })
  }

  #applyZoom(): void {
    if (!this.#window.isDestroyed()) this.#window.webContents.setZoomFactor(this.#zoom)
  }

  #becomeReady(): void {
    if (this.#isReady || this.#window.isDestroyed()) return
    this.#isReady = true
    if (this.#shouldShow) this.#show()
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
    // `did-fail-load` reports a failure as well.
    this.#window.loadURL(url).catch(() => undefined)
  }

  /** The number makes each URL different, so that the page also notices the same place again. */
  #visit(place: Place): void {
    this.#visits += 1
    const account = 'account' in place ? `/${encodeURIComponent(place.account)}` : ''
    const form = place.at === 'copy' ? `/${place.form}` : ''
    this.#load(`${PAGE_URL}#${this.#visits}/${place.at}${account}${form}`)
  }

  #show(): void {
    const coming = this.#bringUpToDate()
    if (!coming) this.#present()
    else void coming.then(() => this.#shouldShow && this.#present())
  }

  #present(): void {
    if (this.#window.isDestroyed()) return
    const { screen, icon, platform, isWayland } = this.#ports
    const pointer = screen.getCursorScreenPoint()
    const at = icon()
    const { workArea } = screen.getDisplayNearestPoint(hasSize(at) ? at : pointer)
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
