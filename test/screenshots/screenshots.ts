import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core'
import { type NamedScene, scenes } from '../renderer/fixture-bridge/scenes.ts'
import { openScene } from '../renderer/open-scene.ts'
import { servePage } from '../renderer/page-server.ts'
import { toSmallPng } from './small-png.ts'

const root = process.cwd()
const renderer = path.join(root, 'out/renderer')
const target = path.join(root, 'out/screenshots')
const docs = path.join(root, 'docs')
const browserPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** The narrowest window that must work, and the widest column. */
const WIDTHS = [320, 640] as const
/** The scene of the picture in the README. */
const IN_README = 'accounts-everyday'
/** The picture has no window around it, and would have no edge on a page of the same color. */
const EDGE =
  'html::after { content: ""; position: fixed; inset: 0; border: 1px solid #8889; pointer-events: none }'

/**
 * Pictures of every screen, narrow and wide, in both color schemes; arguments select screens by name. The README's
 * are written into `docs` as well.
 */
async function main(wanted: readonly string[]): Promise<void> {
  if (!existsSync(path.join(renderer, 'index.html'))) {
    throw new Error('The renderer is not built: npm run build')
  }
  if (!existsSync(browserPath)) throw new Error(`There is no ${browserPath}: apt install chromium`)
  if (wanted.length === 0) await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  const server = await servePage(renderer)
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] })
  const picture = (scene: NamedScene, options: BrowserContextOptions, style = '') =>
    takePicture(browser, server.url, scene, options, style)
  try {
    for (const scene of scenes.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of WIDTHS) {
          const png = await picture(scene, { colorScheme, viewport: { width, height: 560 } })
          await writeFile(path.join(target, `${scene.name}-${width}-${colorScheme}.png`), png)
        }
        if (scene.name !== IN_README) continue
        const larger = { colorScheme, viewport: { width: 440, height: 506 } }
        const small = toSmallPng(await picture(scene, larger, EDGE))
        await writeFile(path.join(docs, `window-${colorScheme}.png`), small)
      }
    }
  } finally {
    await browser.close()
    server.close()
  }
  process.stdout.write(`Pictures: ${target}\n`)
}

async function takePicture(
  browser: Browser,
  url: string,
  scene: NamedScene,
  options: BrowserContextOptions,
  style: string,
): Promise<Buffer> {
  const context = await browser.newContext({
    ...{ deviceScaleFactor: 2, reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC' },
    bypassCSP: true,
    ...options,
  })
  const page = await context.newPage()
  await openScene(page, url, scene)
  const picture = await page.screenshot({ style })
  await context.close()
  return picture
}

await main(process.argv.slice(2))
