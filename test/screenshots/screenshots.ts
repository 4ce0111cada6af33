import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { type NamedScene, scenes } from '../renderer/fixture-bridge/scenes.ts'
import { openScene } from '../renderer/open-scene.ts'
import { servePage } from '../renderer/page-server.ts'

const root = process.cwd()
const renderer = path.join(root, 'out/renderer')
const target = path.join(root, 'out/screenshots')
const browserPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** The narrowest window that must work, and the widest column. */
const WIDTHS = [320, 640] as const

/** Pictures of every screen, narrow and wide, in both color schemes; arguments select screens by name. */
async function main(wanted: readonly string[]): Promise<void> {
  if (!existsSync(path.join(renderer, 'index.html'))) {
    throw new Error('The renderer is not built: npm run build')
  }
  if (!existsSync(browserPath)) throw new Error(`There is no ${browserPath}: apt install chromium`)
  if (wanted.length === 0) await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  const server = await servePage(renderer)
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] })
  try {
    for (const scene of scenes.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
      for (const width of WIDTHS) await takePictures(browser, server.url, scene, width)
    }
  } finally {
    await browser.close()
    server.close()
  }
  process.stdout.write(`Pictures: ${target}\n`)
}

/** A scene in both color schemes; opened for the width, because a resize could move what is scrolled. */
async function takePictures(
  browser: Browser,
  url: string,
  scene: NamedScene,
  width: number,
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width, height: 560 },
    deviceScaleFactor: 2,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  const page = await context.newPage()
  await openScene(page, url, scene)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: path.join(target, `${scene.name}-${width}-${colorScheme}.png`) })
  }
  await context.close()
}

await main(process.argv.slice(2))
