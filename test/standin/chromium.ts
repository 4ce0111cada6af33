import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { app } from './app.ts'
import { isShown, showChromium } from './shown-chromium.ts'

/** Only this machine is ever contacted. */
const ONLY_HERE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'
const NO_BUS = { DBUS_SESSION_BUS_ADDRESS: 'disabled:', DBUS_SYSTEM_BUS_ADDRESS: 'disabled:' }

/** The Chromium of this process. */
export interface Running {
  readonly context: BrowserContext
  /** For the tests, unless a user is to see it: the address for driving it, and its process. */
  readonly driven: { readonly url: string; readonly pid: number | undefined } | null
}

let running: Promise<Running> | undefined
const taken = new WeakSet<Page>()

/** Started with the first window. */
export function startChromium(): Promise<Running> {
  running ??= (isShown ? show() : launch()).then(async (started) => {
    // A window that is denied loads nothing until it is closed; the routes of our own come first.
    await started.context.route('**/*', (route) => route.abort('blockedbyclient'))
    return started
  })
  return running
}

/** A page for a window of the app: the one that Chromium starts with, or a new one. */
export async function openPage(): Promise<Page> {
  const { context } = await startChromium()
  const first = context.pages().find((page) => !taken.has(page))
  return take(first ?? (await context.newPage()))
}

/** A new page that is no window of the app. */
export async function openOwnPage(): Promise<Page> {
  const { context } = await startChromium()
  return take(await context.newPage())
}

/** No window is to be shown in this page any more. */
export function take(page: Page): Page {
  taken.add(page)
  return page
}

/** The running one, if any. */
export function runningChromium(): Promise<Running> | undefined {
  return running
}

async function show(): Promise<Running> {
  return { context: await showChromium([ONLY_HERE]), driven: null }
}

async function launch(): Promise<Running> {
  const folder = process.env['STANDIN_PROFILES'] ?? tmpdir()
  const profile = mkdtempSync(path.join(folder, 'chromium-'))
  const child = spawn(process.env['STANDIN_CHROMIUM'] ?? 'chromium', flags(profile), {
    // Nothing is sent over the pipe; Chromium exits when it closes, however this process ends.
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    // No access to the buses: on a sleep signal it would close its connections.
    env: { ...process.env, ...NO_BUS },
  })
  app.atExit(async () => {
    const gone = child.exitCode ?? child.signalCode ?? once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
  })
  // Our parent knows where it is installed; loaded while Chromium starts.
  const playwright = import(process.env['STANDIN_PLAYWRIGHT'] ?? 'playwright-core')
  const url = await devtoolsUrl(child)
  const { chromium } = (await playwright) as typeof import('playwright-core')
  const browser = await chromium.connectOverCDP(url)
  const [context] = browser.contexts()
  if (!context) throw new Error('stand-in: Chromium has no context')
  return { context, driven: { url, pid: child.pid } }
}

function flags(profile: string): string[] {
  return [
    ...['--headless', '--remote-debugging-port=0', '--remote-debugging-pipe'],
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...[`--user-data-dir=${profile}`, '--no-first-run', '--no-default-browser-check'],
    ...['--password-store=basic', '--disable-gpu', '--disable-dev-shm-usage', '--mute-audio'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ...['--disable-extensions', '--disable-default-apps', '--disable-breakpad'],
    ...['--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication'],
    ...['--disable-background-timer-throttling', '--disable-renderer-backgrounding'],
    ...['--disable-backgrounding-occluded-windows', '--force-color-profile=srgb'],
    ...[ONLY_HERE, 'about:blank'],
  ]
}

function devtoolsUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      if (text.length > 10_000) return
      text += chunk.toString()
      const [, place] = /DevTools listening on ws:\/\/([^/]+)\//.exec(text) ?? []
      if (place) resolve(`http://${place}`)
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`stand-in: Chromium did not start: ${text}`)))
  })
}
