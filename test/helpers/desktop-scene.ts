import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, vi } from 'vitest'
import {
  type FilledForm,
  type FiveServices,
  startFiveServices,
} from '../simulators/five-services.ts'
import { type Desktop, startDesktop } from './desktop-app.ts'
import type { RunningApp } from './desktop-running.ts'
import { markedSecret, registerSecret } from './marks.ts'
import { patience } from './waiting.ts'

const TEST_MS = 120_000
/** The time within which a page must show what a test looks for. */
const PAGE_MS = 20_000

interface Opened {
  readonly app: RunningApp
  readonly page: Page
}

/** The set-up of the tray app's tests; available between `beforeEach` and `afterEach`. */
export interface Scene {
  readonly desktop: Desktop
  readonly services: FiveServices
  /** Starts the app, opens the popover and resolves to its page. */
  open(env?: Readonly<Record<string, string>>, args?: readonly string[]): Promise<Opened>
  /** The filled-in form of a service. */
  form(provider: string): FilledForm
}

/** A desktop and the five services, for each test of a suite. */
export function useScene(): Scene {
  // Each test starts a desktop and an app, some of them twice.
  vi.setConfig({ testTimeout: patience(TEST_MS) })
  let desktop: Desktop | undefined
  let services: FiveServices | undefined
  const opened: Opened[] = []

  beforeEach(async () => {
    services = await startFiveServices({ onToken: registerSecret }, markedSecret)
    desktop = await startDesktop()
  })

  afterEach(async ({ task }) => {
    try {
      if (task.result?.state === 'fail') await tell(opened, task.name)
    } finally {
      opened.length = 0
      // Even if the page cannot be read any more, or one of them cannot be stopped.
      await Promise.all([desktop?.close(), services?.close()])
    }
  })

  const there = <Thing>(thing: Thing | undefined): Thing => {
    if (!thing) throw new Error('The scene is not set yet.')
    return thing
  }
  return {
    get desktop() {
      return there(desktop)
    },
    get services() {
      return there(services)
    },
    open: async (env, args) => {
      const app = await there(desktop).start(env, args && { args })
      const page = await app.page()
      opened.push({ app, page })
      // Shorter than a test's limit, so that the failure says what it was waiting for.
      page.setDefaultTimeout(patience(PAGE_MS))
      return { app, page }
    },
    form: (provider) => there(there(services).forms.find((each) => each.provider === provider)),
  }
}

/** The page and the app's output when a test failed; also saved as files, if those are kept. */
async function tell(opened: readonly Opened[], test: string): Promise<void> {
  for (const [index, { app, page }] of opened.entries()) {
    process.stderr.write(app.printed())
    const kept = toKept(`${test}-${index + 1}`)
    if (kept) writeFileSync(`${kept}.log`, app.printed())
    if (page.isClosed()) continue
    if (kept) await page.screenshot({ path: `${kept}.png` }).catch(() => undefined)
    process.stderr.write(`${await page.locator('body').ariaSnapshot()}\n`)
  }
}

/** The prefix of its file names; `null` if files are not kept. */
function toKept(name: string): string | null {
  const folder = process.env['TOKENTRAY_TEST_FAILURES']
  if (!folder) return null
  mkdirSync(folder, { recursive: true })
  return path.join(folder, name.replace(/[^a-z0-9]+/gi, '-').slice(-100))
}
