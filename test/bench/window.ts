import path from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { channels } from '../../preload/contract.ts'
import type { Snapshot } from '../../preload/snapshot.ts'
import { type Answer, installBridge } from '../renderer/fixture-bridge/install.ts'
import { large, largeActivity } from '../renderer/fixture-bridge/large.ts'
import { servePage } from '../renderer/page-server.ts'
import { median } from './wrk.ts'

const ROUNDS = 5

/** A screen with a search, full of things. */
interface FullScreen {
  readonly name: string
  readonly snapshot: Snapshot
  readonly answers?: Readonly<Record<string, readonly Answer[]>>
  /** The tab that shows it; the accounts are shown at first. */
  readonly tab?: string
  /** The label of its search. */
  readonly search: string
  /** What is typed there: with each key fewer things match. */
  readonly typed: string
}

/** Medians, in milliseconds. */
interface ScreenTimes {
  readonly name: string
  /** From the start of loading the page until it has drawn its first screen. */
  readonly firstPaint: number
  /** From a key press in the search until the frame with its effect is drawn. */
  readonly keyPress: number
  readonly longestKeyPress: number
}

const SCREENS: readonly FullScreen[] = [
  {
    name: '250 accounts',
    snapshot: large({ accounts: 250, leases: 200, clients: 50 }),
    search: 'Search accounts',
    typed: 'customer-24 prod',
  },
  {
    name: '200 active tokens',
    snapshot: large({ accounts: 250, leases: 200, clients: 50 }),
    tab: 'Tokens',
    search: 'Search tokens',
    typed: 'tool-1',
  },
  {
    name: '50 tools',
    snapshot: large({ accounts: 250, leases: 200, clients: 50 }),
    tab: 'Tools',
    search: 'Search tools',
    typed: 'tool-1',
  },
  {
    name: '5,000 lines of activity',
    snapshot: large({ accounts: 250, clients: 50 }),
    answers: { activity: [{ value: { lines: largeActivity(5_000) } }] },
    tab: 'Activity',
    search: 'Search activity',
    typed: 'nightly',
  },
]

/** Measures the built page with much in it, in Chromium; `null` if there is none. */
export async function measureWindow(renderer: string): Promise<readonly ScreenTimes[] | null> {
  const browser = await chromium
    .launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    })
    .catch(() => null)
  if (!browser) return null
  const server = await servePage(path.resolve(renderer))
  try {
    const times: ScreenTimes[] = []
    for (const screen of SCREENS) times.push(await measureScreen(browser, server.url, screen))
    return times
  } finally {
    await browser.close()
    server.close()
  }
}

/** As lines of the benchmark's table. */
export function describeWindow(times: readonly ScreenTimes[] | null): string {
  if (times === null) return 'the window with much in it: no Chromium here'
  return [
    'the window with much in it, in Chromium',
    ...times.map(
      ({ name, firstPaint, keyPress, longestKeyPress }) =>
        `  ${name.padEnd(26)} first paint ${firstPaint.toFixed(0)} ms  ` +
        `key press ${keyPress.toFixed(0)} ms (longest ${longestKeyPress.toFixed(0)} ms)`,
    ),
  ].join('\n')
}

async function measureScreen(
  browser: Browser,
  url: string,
  { name, snapshot, answers = {}, tab, search, typed }: FullScreen,
): Promise<ScreenTimes> {
  const paints: number[] = []
  const presses: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const page = await browser.newPage({ viewport: { width: 360, height: 560 } })
    await page.addInitScript(installBridge, { snapshot, answers, channels })
    await page.goto(url)
    await page.locator('h1').first().waitFor()
    paints.push(await firstPaint(page))
    if (tab !== undefined) await page.locator('.tab', { hasText: tab }).click()
    await page.getByRole('searchbox', { name: search }).focus()
    presses.push(...(await measureKeys(page, typed)))
    await page.close()
  }
  return {
    name,
    firstPaint: median(paints),
    keyPress: median(presses),
    longestKeyPress: Math.max(...presses),
  }
}

/** When the page had drawn something for the first time, from the start of its loading. */
const firstPaint = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    // It is known a frame later.
    for (;;) {
      const [entry] = performance.getEntriesByName('first-contentful-paint')
      if (entry) return entry.startTime
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
  })

/** Types the text, key by key; returns for each how long it took until its frame was drawn. */
async function measureKeys(page: Page, text: string): Promise<readonly number[]> {
  const times: number[] = []
  for (const key of text) {
    // It listens before the key is pressed.
    const taken = await page.evaluateHandle(() => ({
      time: new Promise<number>((resolve) => {
        const press = ({ timeStamp }: Event) =>
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - timeStamp)))
        document.addEventListener('keydown', press, { capture: true, once: true })
      }),
    }))
    await page.keyboard.press(key === ' ' ? 'Space' : key)
    times.push(await taken.evaluate(({ time }) => time))
  }
  return times
}
