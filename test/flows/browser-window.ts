import type { Page } from 'playwright-core'
import { serveCalls } from '../../main/desktop/ipc/ipc.ts'
import { PageFeed } from '../../main/desktop/ipc/page-feed.ts'
import { PAGE_URL } from '../../main/desktop/renderer-files.ts'
import { channels, toWireName } from '../../preload/contract.ts'
import type { Push } from '../../preload/snapshot-change.ts'
import { FakeContents, FakeIpcMain, makeLog } from '../desktop/fake-electron.ts'
import type { FakeClock } from '../helpers/fake-clock.ts'
import type { BuiltPage } from '../renderer/with-page.ts'
import type { WindowBackend } from './broker-run.ts'

/** One entry of a list: its heading and its visible lines. */
export interface Row {
  readonly heading: string
  readonly lines: readonly string[]
}

/** What the user sees of a screen. */
export interface ScreenContent {
  readonly text: string
  readonly rows: readonly Row[]
}

declare global {
  interface Window {
    /** To the page: changes pushed from main. */
    pushed?: (push: Push) => void
    /** From the page: a call to main. */
    callMain(channel: string, args: readonly unknown[]): Promise<unknown>
  }
}

/** The window: the built page in a browser, connected to the tray app's main-process code. */
export class BrowserWindow {
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

  /** Opens it as the tray app does, once the host is running. */
  static async open(
    built: BuiltPage,
    desk: WindowBackend,
    clock: FakeClock,
  ): Promise<BrowserWindow> {
    const wireNames = channels.map((channel) => [channel, toWireName(channel)] as const)
    const page = await built.openWindow()
    const window = new BrowserWindow(page, clock, built.load)
    await page.clock.install({ time: clock.now() - 1_000 })
    await page.clock.pauseAt(clock.now())
    await page.exposeFunction('callMain', (channel: string, args: readonly unknown[]) =>
      window.#ipcMain.invoke(channel, EVENT, args),
    )
    await page.addInitScript(installBridge, wireNames)
    await window.reopen(desk)
    return window
  }

  /** Reopens it for the next run. */
  async reopen(desk: WindowBackend): Promise<void> {
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
      // A push after the window was closed is dropped.
      this.page.evaluate((pushed) => window.pushed?.(pushed), push).catch(() => undefined)
    })
  }

  /** What a screen shows now, after all pending updates. */
  async see(screen: 'Accounts' | 'Tokens' | 'Activity'): Promise<ScreenContent> {
    await this.#goOn()
    const bar = this.page.getByRole('navigation')
    await bar.getByRole('button', { name: new RegExp(`^${screen}`) }).evaluate(press)
    return await this.look()
  }

  /** Opens the screen of an account from the list, returns what it shows, and goes back. */
  async seeAccount(account: string): Promise<ScreenContent> {
    await this.page.getByRole('button', { name: account, exact: true }).evaluate(press)
    const seen = await this.look()
    await this.page.getByRole('button', { name: 'Back', exact: true }).evaluate(press)
    return seen
  }

  /** Starts an action on the screen of an account and confirms it; returns the message shown. */
  async confirmAction(account: string, button: string, action: string): Promise<readonly string[]> {
    await this.see('Accounts')
    await this.page.getByRole('button', { name: account, exact: true }).evaluate(press)
    await this.page.getByRole('button', { name: button, exact: true }).evaluate(press)
    const question = this.page.getByRole('alertdialog')
    await question.getByRole('button', { name: action, exact: true }).evaluate(press)
    const said = this.page.getByRole('status').filter({ hasText: account })
    await said.waitFor()
    await question.waitFor({ state: 'detached' })
    const lines = (await said.innerText()).split('\n').filter((line) => line !== '')
    // A removed account has no screen to go back from.
    const back = this.page.getByRole('button', { name: 'Back', exact: true })
    if ((await back.count()) > 0) await back.evaluate(press)
    return lines
  }

  /** What is on the page now. */
  look(): Promise<ScreenContent> {
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

  /** Closes the page. */
  close(): void {
    this.#leave()
  }

  /** Lets batched pushes arrive and the countdowns follow the machine's clock. */
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

/** Runs in the page before its own scripts, in place of the app's preload script. */
function installBridge(wireNames: readonly (readonly [string, string])[]): void {
  const listeners = new Set<(push: Push) => void>()
  const bridge: Record<string, unknown> = {
    onSnapshot(listener: (push: Push) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    // Reopened each time, because the screen reads the audit log when it opens.
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
