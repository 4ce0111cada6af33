import path from 'node:path'
import react from '@vitejs/plugin-react'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { makeTestFolder } from '../helpers/marks.ts'
import { findProgram } from '../loopback/http/components.ts'
import type { Answer, Fixture } from './fixture-bridge/install.ts'
import type { NamedScene } from './fixture-bridge/scenes.ts'
import type { Hand } from './hands.ts'
import { openScene } from './open-scene.ts'
import { servePage } from './page-server.ts'

/** The built page in a real browser, with a record of its bridge calls. */
export interface BuiltPage {
  /** Opens a scene in its own window. */
  open(scene: Omit<NamedScene, 'name'>, options?: BrowserContextOptions, hand?: Hand): Promise<Page>
  /** An empty window for a custom bridge, before `load`. */
  openWindow(options?: BrowserContextOptions): Promise<Page>
  /** The page's console output so far; the test that reads it must check it. */
  complaints(): readonly string[]
  /** Loads or reloads the page in a window. */
  load(page: Page): Promise<void>
}

type Calls = readonly { readonly name: string; readonly args: readonly unknown[] }[]

/**
 * Builds the page and starts a browser for a suite. A page that violates its CSP or
 * writes to its console fails the test that opened it.
 */
export function withPage(): BuiltPage {
  let browser: Browser
  let server: Awaited<ReturnType<typeof servePage>>
  const complaints: string[] = []

  beforeAll(async () => {
    const outDir = makeTestFolder('renderer')
    // A production build: Vitest's NODE_ENV would make a development build.
    process.env['NODE_ENV'] = 'production'
    await build({
      configFile: false,
      root: path.resolve(import.meta.dirname, '../../renderer'),
      plugins: [react()],
      logLevel: 'error',
      build: { outDir, emptyOutDir: true, target: 'chrome150', minify: false },
    })
    server = await servePage(outDir)
    browser = await chromium.launch({
      executablePath: findProgram('chromium') ?? '',
      args: ['--no-sandbox', '--disable-background-networking'],
    })
  })
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
    expect(complaints.splice(0)).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  const openWindow = async (options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({
      viewport: { width: 360, height: 560 },
      locale: 'en-GB',
      timezoneId: 'UTC',
      ...options,
    })
    context.setDefaultTimeout(5_000)
    const page = await context.newPage()
    page.on('console', (message) => void complaints.push(message.text()))
    page.on('pageerror', (error) => void complaints.push(error.message))
    return page
  }

  return {
    async open(scene, options, hand) {
      const page = await openWindow(options)
      await openScene(page, server.url, { name: 'test', ...scene }, hand)
      return page
    },
    complaints: () => complaints.splice(0),
    openWindow,
    async load(page) {
      await page.goto(server.url)
      await page.locator('h1').first().waitFor()
    },
  }
}

/** The bridge calls so far, except for the first snapshot. */
export async function callsOf(page: Page): Promise<Calls> {
  const calls = await page.evaluate(() => window.fixture.calls)
  return calls.filter(({ name }) => name !== 'snapshot')
}

/** The last call of that name; waits until there is one. */
export async function lastCall(page: Page, name: string): Promise<readonly unknown[]> {
  await page.waitForFunction(
    (wanted) => window.fixture.calls.some((call) => call.name === wanted),
    name,
    // The page's clock is paused.
    { polling: 20 },
  )
  return (await callsOf(page)).findLast((call) => call.name === name)?.args ?? []
}

/** Settles the oldest held call of that name. */
export async function release(
  page: Page,
  name: string,
  answer: Exclude<Answer, 'hold'>,
): Promise<void> {
  await page.evaluate(([held, given]) => window.fixture.release(held, given), [
    name,
    answer,
  ] as const)
}

/** Sends another snapshot to the page. */
export async function push(page: Page, ...sent: Parameters<Fixture['push']>): Promise<void> {
  await page.evaluate((args) => window.fixture.push(...args), sent)
}
