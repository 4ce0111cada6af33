import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { app } from './app.ts'

/** A window without tabs and an address, and without remarks on the flags. */
const PLAIN = ['--app=data:text/html,', '--test-type']
/** These would open tabs, and a bar that says that a test drives it. */
const NOT_PLAIN = ['about:blank', '--enable-automation']

/** True if a user is to see the windows: they are on the screen then, and take their size from the user. */
export const isShown = process.env['STANDIN_SHOWN'] === '1'

/**
 * Starts a Chromium that a user sees. It is driven through a pipe alone, because any user of the machine could
 * connect to a port, and read and do everything in the page.
 */
export async function showChromium(flags: readonly string[]): Promise<BrowserContext> {
  const profile = mkdtempSync(path.join(tmpdir(), 'chromium-'))
  const { chromium } = await import('playwright-core')
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['STANDIN_CHROMIUM'] ?? 'chromium',
    headless: false,
    viewport: null,
    ignoreDefaultArgs: NOT_PLAIN,
    args: [...flags, ...PLAIN],
    chromiumSandbox: process.getuid?.() !== 0,
    env: { ...process.env, ...placesIn(profile) },
    // The app stops in order, and closes it then.
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
  })
  app.atExit(async () => {
    await context.close().catch(() => {})
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
  })
  return context
}

/** Chromium and its libraries keep crash reports, caches and settings there, whichever profile it is given. */
function placesIn(profile: string): NodeJS.ProcessEnv {
  return { XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile, XDG_DATA_HOME: profile }
}
