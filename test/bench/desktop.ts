import { mkdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { type Desktop, startDesktop } from '../helpers/desktop-app.ts'
import type { RunningApp } from '../helpers/desktop-running.ts'
import { desktop as components } from '../helpers/needs.ts'
import { median } from './wrk.ts'

const ROUNDS = 5
const EVERY_MS = 2

/** Times of the tray app, medians in milliseconds. */
export interface DesktopTimes {
  /** Electron, or the stand-in for its shell: then Node's start is in it, and Electron's is not. */
  readonly shell: string
  /** From the start of the process until the panel has the icon with its menu. */
  readonly startToIcon: number
  /** From the start until the popover has drawn its first screen. */
  readonly startToPaint: number
  /** From a click on "Open" in the menu until the hidden popover is there and has drawn a frame. */
  readonly openToPaint: number
}

/** Measures it on a desktop of its own; `null` where a part of that is missing. */
export async function measureDesktop(folder: string): Promise<DesktopTimes | null> {
  if (components.some((component) => !component.isThere())) return null
  process.env['TOKENTRAY_TEST_ROOT'] = folder
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const icons: number[] = []
  const paints: number[] = []
  const opens: number[] = []
  let shell = ''
  // The first one builds what the others use.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const desktop = await startDesktop()
    try {
      const startedAt = Date.now()
      const app = await desktop.start()
      shell = app.shell
      await until(async () => ((await desktop.panel.tray())?.lines.length ?? 0) > 0)
      const icon = Date.now() - startedAt
      const page = await app.page()
      await page.getByRole('heading', { level: 1 }).waitFor()
      const paint = (await firstPaint(page)) - startedAt
      const open = await measureOpening(desktop, app, page)
      if (round === 0) continue
      icons.push(icon)
      paints.push(paint)
      opens.push(open)
    } finally {
      await desktop.close()
    }
  }
  return {
    shell,
    startToIcon: median(icons),
    startToPaint: median(paints),
    openToPaint: median(opens),
  }
}

/** As lines of the benchmark's table. */
export function describeDesktop(times: DesktopTimes | null): string {
  if (!times) {
    const missing = components.filter((component) => !component.isThere())
    return `the tray app: not measured; ${missing.map(({ install }) => install).join('; ')}`
  }
  const row = (name: string, ms: number) => `  ${name.padEnd(30)} ${ms.toFixed(0).padStart(6)} ms`
  return [
    `the tray app in ${times.shell === 'electron' ? 'Electron' : 'the stand-in for Electron'} (median of ${ROUNDS})`,
    row('start to tray icon', times.startToIcon),
    row('start to first paint', times.startToPaint),
    row('open popover to first paint', times.openToPaint),
  ].join('\n')
}

async function measureOpening(desktop: Desktop, app: RunningApp, page: Page): Promise<number> {
  await page.keyboard.press('Escape')
  await until(async () => !(await app.isShown()))
  const clickedAt = Date.now()
  await desktop.panel.click('Open')
  await until(() => app.isShown())
  const paintedAt = await page.evaluate(
    () =>
      new Promise<number>((resolve) =>
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(Date.now()))),
      ),
  )
  return paintedAt - clickedAt
}

/** When the page drew something for the first time, epoch milliseconds. */
function firstPaint(page: Page): Promise<number> {
  return page.evaluate(() => {
    const [entry] = performance.getEntriesByName('first-contentful-paint')
    return performance.timeOrigin + (entry?.startTime ?? performance.now())
  })
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(EVERY_MS)
}
