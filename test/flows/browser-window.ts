import type { Page } from 'playwright-core'
import { serveCalls } from '../../main/desktop/ipc/ipc.ts'
import { PageFeed } from '../../main/desktop/ipc/page-feed.ts'
import { PAGE_URL } from '../../main/desktop/renderer-files.ts'
import { channels, toWireName } from '../../preload/contract.ts'
import type { Push } from '../../preload/snapshot-change.ts'
import { FakeContents, FakeIpcMain, makeLog } from '../desktop/fake-electron.ts'
import type { FakeClock } from '../helpers/fake-clock.ts'
import type { BuiltPage } from '../renderer/with-page.ts'
import type { Desk } from './broker-run.ts'

/** One line of a list: under which heading it stands, and its visible lines. */
export interface Row {
  readonly heading: string
  readonly lines: readonly string[]
}

/** What a person sees of a screen. */
export interface Seen {
  readonly text: string
  readonly rows: readonly Row[]
}

declare global {
  interface Window {
    /** Into the page: what has changed, from main. */
    pushed?: (push: Push) => void
    /** Out of it: a call to main. */
    callMain(channel: string, args: readonly unknown[]): Promise<unknown>
  }
}

/** The window: the built page in a browser, over what the tray app has behind its page. */
export class OneWindow {
  readonly page: Page
  readonly #clock: FakeClock
  readonly #load: BuiltPage['load']
  #ipcMain = new FakeIpcMain()
  #leave: () => void = () => undefined
  #shows: number

  private constructor(page: Page, clock: FakeClock, load: BuiltPage['load']) {
    this.page = page
    this.#clock = clock
    this.#load = load
    this.#shows = clock.now()
  }

  /** Opens it as the tray app does, once the host runs. */
  static async open(built: BuiltPage, desk: Desk, clock: FakeClock): Promise<OneWindow> {
    const wireNames = channels.map((channel) => [channel, toWireName(channel)] as const)
    const page = await built.openWindow()
    const window = new OneWindow(page, clock, built.load)
    await page.clock.install({ time: clock.now() - 1_000 })
    await page.clock.pauseAt(clock.now())
    await page.exposeFunction('callMain', (channel: string, args: readonly unknown[]) =>
      window.#ipcMain.invoke(channel, EVENT, args),
    )
    await page.addInitScript(installBridge, wireNames)
    await window.reopen(desk)
    return window
  }

  /** Opens it anew, for the next run. */
  async reopen(desk: Desk): Promise<void> {
    const { handlers, snapshots } = desk
    this.#leave()
    this.#ipcMain = new FakeIpcMain()
    const ipcMain = this.#ipcMain.asIpcMain
    const feed = new PageFeed()
    const page = () => CONTENTS.asContents
    serveCalls({ ipcMain, handlers: feed.watch(handlers), page, log: makeLog() })
    await this.#load(this.page)
    this.#leave = snapshots.on((snapshot) => {
      const push = feed.next(snapshot)
      if (push === null) return
      // A push that comes when the window is closed has nobody to be shown to.
      this.page.evaluate((pushed) => window.pushed?.(pushed), push).catch(() => undefined)
    })
  }

  /** What a screen shows at this moment of the machine, all that is due drawn. */
  async see(screen: 'Accounts' | 'Leases' | 'Activity'): Promise<Seen> {
    await this.#goOn()
    const bar = this.page.getByRole('navigation')
    await bar.getByRole('button', { name: new RegExp(`^${screen}`) }).evaluate(press)
    return await this.look()
  }

  /** What the screen of an account in the list shows, to which the person goes, and comes back. */
  async seeAccount(account: string): Promise<Seen> {
    await this.page.getByRole('button', { name: account, exact: true }).evaluate(press)
    const seen = await this.look()
    await this.page.getByRole('button', { name: 'Back', exact: true }).evaluate(press)
    return seen
  }

  /** Asks for something on the screen of an account, and answers the question; returns what is said. */
  async decide(account: string, button: string, deed: string): Promise<readonly string[]> {
    await this.see('Accounts')
    await this.page.getByRole('button', { name: account, exact: true }).evaluate(press)
    await this.page.getByRole('button', { name: button, exact: true }).evaluate(press)
    const question = this.page.getByRole('alertdialog')
    await question.getByRole('button', { name: deed, exact: true }).evaluate(press)
    const said = this.page.getByRole('status').filter({ hasText: account })
    await said.waitFor()
    await question.waitFor({ state: 'detached' })
    const lines = (await said.innerText()).split('\n').filter((line) => line !== '')
    // One that was removed has no screen to come back from.
    const back = this.page.getByRole('button', { name: 'Back', exact: true })
    if ((await back.count()) > 0) await back.evaluate(press)
    return lines
  }

  /** What is on the page now. */
  look(): Promise<Seen> {
    return this.page.evaluate(() => {
      const linesOf = (element: HTMLElement) =>
        element.innerText
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '')
      const rows = [...document.querySelectorAll('main li')].flatMap((row) => {
        if (!(row instanceof HTMLElement)) return []
        const heading = row.closest('section')?.querySelector('h2')?.innerText ?? ''
        return [{ heading, lines: linesOf(row) }]
      })
      return { text: document.body.innerText, rows }
    })
  }

  /** Nobody looks at it any more. */
  leave(): void {
    this.#leave()
  }

  /** Pushes wait a moment for more changes; the countdowns go on with the machine. */
  async #goOn(): Promise<void> {
    await this.#clock.advance(50)
    const now = this.#clock.now()
    if (now > this.#shows) await this.page.clock.fastForward(now - this.#shows)
    this.#shows = now
  }
}

const CONTENTS = new FakeContents()
const EVENT = { sender: CONTENTS, senderFrame: { parent: null, url: PAGE_URL } }

const press = (button: HTMLElement | SVGElement) => {
  if (button instanceof HTMLElement) button.click()
}

/** Runs in the page before its own scripts, by itself: what the preload script is to the app. */
function installBridge(wireNames: readonly (readonly [string, string])[]): void {
  const listeners = new Set<(push: Push) => void>()
  const bridge: Record<string, unknown> = {
    onSnapshot(listener: (push: Push) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    // The screen is opened anew each time that it is looked at, and reads the record then.
    onActivity: () => () => undefined,
  }
  for (const [name, wireName] of wireNames) {
    bridge[name] = async (...args: unknown[]) => {
      const result = (await window.callMain(wireName, args)) as
        | { ok: true; value: unknown }
        | { ok: false; error: unknown }
      if (result.ok) return result.value
      throw result.error
    }
  }
  window.pushed = (push) => {
    for (const listener of listeners) listener(push)
  }
  Object.assign(window, { tokentray: bridge })
}
