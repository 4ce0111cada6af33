import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { BrowserContext, CDPSession, Page, Route } from 'playwright-core'
import { complain, fromChromium, toOrigin } from './basics.ts'
import { openPage, take } from './chromium.ts'
import type { Session } from './session.ts'
import { isShown } from './shown-chromium.ts'

/** The events of a renderer. */
export interface RendererEvents {
  /** A message of the preload. */
  message(text: string): void
  /** The page wants to navigate; true allows it. */
  navigates(url: string): boolean
  /** The page wants to open a window; true allows it. */
  opens(url: string): boolean
  loaded(event: 'dom-ready' | 'did-finish-load'): void
  console(level: string, message: string, url: string, line: number): void
  crashed(): void
  closed(): void
}

export interface RendererOptions {
  readonly preload: string | undefined
  readonly session: Session
  /** Passed to the permission handlers. */
  readonly contents: unknown
  readonly width: number
  readonly height: number
}

type Bounds =
  | { readonly width: number; readonly height: number }
  | { readonly windowState: 'normal' | 'minimized' }

const PRELOAD_WORLD = 'preload'
const PERMISSIONS: Readonly<Record<string, string>> = {
  'clipboard-read': 'clipboard-read',
  'clipboard-sanitized-write': 'clipboard-write',
  geolocation: 'geolocation',
  notifications: 'notifications',
  media: 'camera',
  midi: 'midi',
}

/** One page of Chromium with the preload in an isolated world; unusable after a crash. */
export class Renderer {
  readonly page: Page
  readonly #cdp: CDPSession
  readonly #options: RendererOptions
  readonly #events: RendererEvents
  readonly #queue: string[] = []
  #world: number | undefined
  #mainFrame = ''
  #expected = false

  private constructor(
    page: Page,
    cdp: CDPSession,
    options: RendererOptions,
    events: RendererEvents,
  ) {
    this.page = page
    this.#cdp = cdp
    this.#options = options
    this.#events = events
  }

  static async open(options: RendererOptions, events: RendererEvents): Promise<Renderer> {
    const page = await openPage()
    const context = page.context()
    const renderer = new Renderer(page, await context.newCDPSession(page), options, events)
    await renderer.#prepare(context)
    return renderer
  }

  /** Delivered once the preload has run. */
  deliver(message: string): void {
    if (this.#world === undefined) {
      this.#queue.push(message)
      return
    }
    const expression = `standinReceive(${JSON.stringify(message)})`
    // A closed page receives nothing.
    this.#cdp.send('Runtime.evaluate', { contextId: this.#world, expression }).catch(() => {})
  }

  async load(url: string): Promise<void> {
    this.#expected = true
    try {
      await this.page.goto(url)
    } finally {
      this.#expected = false
    }
  }

  /** Of the page where only tests see it; otherwise of the window around it, which the user can resize. */
  async resize(size: { readonly width: number; readonly height: number }): Promise<void> {
    if (isShown) await this.#setWindow({ width: size.width, height: size.height })
    else await this.page.setViewportSize(size)
  }

  /** Minimises or restores a window that a user sees. */
  async setVisible(isVisible: boolean): Promise<void> {
    if (!isShown) return
    await this.#setWindow({ windowState: isVisible ? 'normal' : 'minimized' })
    if (isVisible) await this.page.bringToFront()
  }

  async #setWindow(bounds: Bounds): Promise<void> {
    const { windowId } = await this.#cdp.send('Browser.getWindowForTarget')
    await this.#cdp.send('Browser.setWindowBounds', { windowId, bounds })
  }

  async #prepare(context: BrowserContext): Promise<void> {
    const { page } = this
    const cdp = this.#cdp
    const { width, height, preload } = this.#options
    this.#mainFrame = (await cdp.send('Page.getFrameTree')).frameTree.frame.id
    cdp.on('Runtime.executionContextCreated', ({ context: world }) => {
      if (world.name !== PRELOAD_WORLD || world.auxData?.['frameId'] !== this.#mainFrame) return
      this.#world = world.id
      for (const message of this.#queue.splice(0)) this.deliver(message)
    })
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (executionContextId === this.#world) this.#world = undefined
    })
    cdp.on('Runtime.bindingCalled', ({ payload }) => this.#events.message(payload))
    this.#listen()
    const { ofPage, ofPreload } = preludes(preload)
    await Promise.all([
      this.resize({ width, height }),
      page.route('**/*', (route) => this.#answer(route)),
      cdp.send('Runtime.addBinding', {
        name: 'standinSend',
        executionContextName: PRELOAD_WORLD,
      }),
      cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: ofPage }),
      cdp.send('Page.addScriptToEvaluateOnNewDocument', {
        source: ofPreload,
        worldName: PRELOAD_WORLD,
      }),
      cdp.send('Runtime.enable'),
      cdp.send('Page.enable'),
      this.#grant(context),
    ])
  }

  #listen(): void {
    const { page } = this
    const events = this.#events
    page.on('console', (message) => {
      const { url, lineNumber } = message.location()
      events.console(message.type(), message.text(), fromChromium(url), lineNumber)
    })
    page.on('pageerror', (error) => events.console('error', error.message, '', 0))
    page.on('popup', (popup) => {
      take(popup)
      // Closing twice is harmless.
      if (!events.opens(fromChromium(popup.url()))) popup.close().catch(() => {})
    })
    page.on('domcontentloaded', () => events.loaded('dom-ready'))
    page.on('load', () => events.loaded('did-finish-load'))
    page.on('crash', () => events.crashed())
    page.on('close', () => events.closed())
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request()
    const url = fromChromium(request.url())
    const { session } = this.#options
    try {
      const ofMain = request.isNavigationRequest() && request.frame() === this.page.mainFrame()
      if (ofMain && !this.#expected && !this.#events.navigates(url)) {
        // Unchanged, without an error page.
        return await route.abort('aborted')
      }
      const lets = await session.lets(url, request.method(), request.resourceType())
      if (!lets) return await route.abort('blockedbyclient')
      if (url === request.url()) return await route.continue()
      const body = request.postDataBuffer()
      const answer = await session.protocol.serve(
        new Request(url, {
          method: request.method(),
          headers: request.headers(),
          ...(body && { body: new Uint8Array(body) }),
        }),
      )
      if (!answer) return await route.abort('failed')
      await route.fulfill({
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: Buffer.from(await answer.arrayBuffer()),
      })
    } catch (error) {
      // The page may be closed by now; failures of the app itself are printed.
      if (!this.page.isClosed()) complain(`no answer for ${url}`, error)
      await route.abort().catch(() => {})
    }
  }

  async #grant(context: BrowserContext): Promise<void> {
    const { session, contents } = this.#options
    const granted: string[] = []
    for (const [asked, known] of Object.entries(PERMISSIONS)) {
      if (await session.allows(contents, asked, toOrigin(this.page.url()))) granted.push(known)
    }
    await context.grantPermissions(granted)
  }
}

/** What each of the two worlds runs before the page's own scripts. */
function preludes(preload: string | undefined): { ofPage: string; ofPreload: string } {
  const token = `standin-${randomBytes(12).toString('hex')}-`
  const world = (name: string) => readFileSync(path.join(import.meta.dirname, name), 'utf8')
  const text = preload === undefined ? '' : readFileSync(preload, 'utf8')
  const run = `(require, module, process) => { const exports = module.exports; ${text}\n }`
  const only = 'if (window === window.top)'
  return {
    ofPage: `${only} (() => { ${world('page-world.js')}\n standin.start('${token}') })()`,
    ofPreload:
      `${only} (() => { ${world('preload-world.js')}\n standin.start('${token}', ${run}) })()` +
      `\n//# sourceURL=${preload ?? 'no-preload'}`,
  }
}
