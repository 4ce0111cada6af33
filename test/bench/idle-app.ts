import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type Desktop, startDesktop } from '../helpers/desktop-app.ts'
import type { RunningApp } from '../helpers/desktop-running.ts'
import { desktop as components } from '../helpers/needs.ts'
import { processesBelow } from '../helpers/process-list.ts'
import { settingsWith } from '../helpers/settings-with.ts'
import { findProgram } from '../loopback/http/components.ts'
import {
  ACCOUNTS,
  type IdleCost,
  MEASURE_MS,
  measure,
  rowsOf,
  SETTLE_MS,
  startBare,
} from './idle.ts'

/** An app with nothing of ours in it: what the shell itself costs. */
const EMPTY_APP = path.resolve(import.meta.dirname, '../..', 'test', 'bench', 'empty-app.mjs')

/** What an idle tray app costs. */
export interface IdleAppCosts {
  readonly shell: string
  readonly shown: readonly IdleCost[]
  readonly hidden: readonly IdleCost[]
}

interface Watched {
  readonly name: string
  readonly desktop: Desktop
  readonly app: RunningApp
  readonly hide: () => Promise<void>
}

/**
 * Measures the tray app with so many accounts, first with its window shown and then hidden, beside a bare
 * server, an app with nothing of ours in it, and an empty page of Chromium. Takes some minutes; `null` where a part of a desktop is missing.
 */
export async function measureIdleApp(
  bareServer: string,
  folder: string,
): Promise<IdleAppCosts | null> {
  if (process.platform !== 'linux' || components.some((component) => !component.isThere()))
    return null
  process.env['TOKENTRAY_TEST_ROOT'] = folder
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const bare = await startBare(bareServer)
  const apps: Watched[] = []
  let browser: Browser | undefined
  try {
    const before = processesBelow(process.pid)
    browser = await chromium.launch({
      executablePath: findProgram('chromium') ?? '',
      args: ['--no-sandbox'],
    })
    await (await browser.newPage()).goto('about:blank')
    const empty = processesBelow(process.pid)
      .map(({ pid }) => pid)
      .filter((pid) => !before.some((other) => other.pid === pid))
    apps.push(await startEmpty())
    for (const count of ACCOUNTS) apps.push(await start(count))
    const round = async () => {
      await wait(SETTLE_MS)
      const rows = apps.flatMap(({ name, app }) => [
        { name: `main process, ${name}`, pids: [app.pid] },
        { name: `Chromium with its window, ${name}`, pids: chromiumOf(app) },
      ])
      const others = [
        { name: 'bare server', pids: [bare.pid ?? 0] },
        { name: 'Chromium with an empty page', pids: empty },
      ]
      return await measure([...others, ...rows], MEASURE_MS)
    }
    const shown = await round()
    for (const { hide } of apps) await hide()
    return { shell: apps[0]?.app.shell ?? '', shown, hidden: await round() }
  } finally {
    bare.kill()
    await browser?.close()
    for (const { desktop } of apps) await desktop.close()
  }
}

/** As lines of the benchmark's table. */
export function describeIdleApp(costs: IdleAppCosts | null): string {
  if (!costs) return 'the idle tray app: not measured, as a part of a desktop is missing'
  const isReal = costs.shell === 'electron'
  return [
    `the idle tray app in ${isReal ? 'Electron' : 'the stand-in for Electron'} (${MEASURE_MS / 1_000} s each, side by side)`,
    ...(isReal ? [] : [STAND_IN]),
    ' window shown',
    ...rowsOf(costs.shown),
    ' window hidden',
    ...rowsOf(costs.hidden),
  ].join('\n')
}

const STAND_IN =
  ' (the main process is Node, which speaks to a whole Chromium; a hidden page is told that it is, and goes on being drawn)'

async function start(count: number): Promise<Watched> {
  const desktop = await startDesktop()
  mkdirSync(desktop.config, { recursive: true, mode: 0o700 })
  writeFileSync(path.join(desktop.config, 'settings.json'), settingsWith(count), { mode: 0o600 })
  const app = await desktop.start()
  const page = await app.page()
  await page.getByRole('heading', { level: 1 }).waitFor()
  return { name: `${count} accounts`, desktop, app, hide: () => hide(app, page) }
}

async function startEmpty(): Promise<Watched> {
  const desktop = await startDesktop()
  const app = await desktop.start({}, { main: EMPTY_APP })
  while (!(await app.isShown())) await wait(50)
  const hide = async () => {
    process.kill(app.pid, 'SIGUSR2')
    while (await app.isShown()) await wait(50)
  }
  return { name: 'nothing of ours', desktop, app, hide }
}

/** Where the shell is not Electron the page has to be told, which there the browser does. */
async function hide(app: RunningApp, page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  while (await app.isShown()) await wait(50)
  if (app.shell === 'electron') return
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { get: () => true })
    document.dispatchEvent(new Event('visibilitychange'))
  })
}

const chromiumOf = (app: RunningApp): number[] =>
  processesBelow(app.pid)
    .filter(({ command }) => /chromium|--type=/.test(command))
    .map(({ pid }) => pid)
