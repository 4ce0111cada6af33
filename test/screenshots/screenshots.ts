import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { scenes } from '../renderer/fixture-bridge/scenes.ts'
import { openScene } from '../renderer/open-scene.ts'
import { servePage } from '../renderer/page-server.ts'

const root = process.cwd()
const renderer = path.join(root, 'out/renderer')
const target = path.join(root, 'out/screenshots')
const browserPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Pictures of every screen in both color schemes; arguments select screens by name. */
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
      for (const colorScheme of ['light', 'dark'] as const) {
        const context = await browser.newContext({
          viewport: { width: 360, height: 560 },
          deviceScaleFactor: 2,
          colorScheme,
          reducedMotion: 'reduce',
          locale: 'en-GB',
          timezoneId: 'UTC',
        })
        const page = await context.newPage()
        await openScene(page, server.url, scene)
        await page.screenshot({ path: path.join(target, `${scene.name}-${colorScheme}.png`) })
        await context.close()
      }
    }
  } finally {
    await browser.close()
    server.close()
  }
  process.stdout.write(`Pictures: ${target}\n`)
}

await main(process.argv.slice(2))
