import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { toIco } from './ico.mjs'

/*
 * `node build/icons/make-icons.mjs`: draws every icon from the SVG files beside it, with the Chromium
 * that CHROMIUM names. `-- --sheet FILE` also shows them enlarged on light, dark and grey.
 */

const STATES = ['fine', 'attention', 'locked', 'copied']
const APP_SIZES = [16, 32, 48, 64, 128, 256, 512]
/** The sizes that Windows shows, for `win.icon`. */
const ICO_SIZES = [16, 32, 48, 256]
const PANELS = ['#ffffff', '#2b2b2b', '#808080']
const ENLARGED = 4

const here = import.meta.dirname
const build = path.resolve(here, '..')

/** @type {{ readonly source: string, readonly size: number, readonly file: string }[]} */
const icons = [
  ...APP_SIZES.map((size) => ({ source: 'app', size, file: `icons/${size}x${size}.png` })),
  { source: 'app', size: 1024, file: 'icon.png' },
  ...STATES.flatMap((state) => [
    { source: `tray-${state}`, size: 24, file: `tray/${state}.png` },
    { source: `tray-${state}`, size: 48, file: `tray/${state}@2x.png` },
    { source: `template-${state}`, size: 18, file: `tray/${state}Template.png` },
    { source: `template-${state}`, size: 36, file: `tray/${state}Template@2x.png` },
  ]),
]

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // A fixed colour space and no GPU, for the same pixels on every machine.
  args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
})
try {
  const page = await browser.newPage({ deviceScaleFactor: 1 })
  await mkdir(path.join(build, 'tray'), { recursive: true })
  for (const { source, size, file } of icons) {
    await writeFile(path.join(build, file), await draw(source, size))
  }
  const forWindows = await Promise.all(
    ICO_SIZES.map((size) => readFile(path.join(here, `${size}x${size}.png`))),
  )
  await writeFile(path.join(here, 'app.ico'), toIco(forWindows))
  const at = process.argv.indexOf('--sheet')
  const sheet = process.argv[at + 1]
  if (at > 0 && sheet) await writeFile(sheet, await drawSheet())

  /**
   * One icon as a PNG with a transparent background.
   * @param {string} source
   * @param {number} size
   */
  async function draw(source, size) {
    await page.setViewportSize({ width: size, height: size })
    await show(`<img src="${await toUrl(source)}" width="${size}" height="${size}">`)
    return await page.screenshot({ omitBackground: true })
  }

  /** All icons on a panel of each colour, with enlarged pixels. */
  async function drawSheet() {
    const colours = ['app', ...STATES.map((state) => `tray-${state}`)]
    const templates = STATES.map((state) => `template-${state}`)
    let rows = ''
    for (const panel of PANELS) {
      const invert = panel === '#2b2b2b' ? 'filter: invert(1);' : ''
      for (const sources of [colours, templates]) {
        rows += `<div style="background: ${panel}; padding: 12px">`
        for (const source of sources) {
          for (const size of sources === colours ? [16, 22, 24, 32] : [18, 36]) {
            const png = (await draw(source, size)).toString('base64')
            const style = `${sources === templates ? invert : ''} margin: 6px`
            rows += `<img style="${style}" width="${size}" src="data:image/png;base64,${png}">`
            rows += `<img style="${style}; image-rendering: pixelated" width="${size * ENLARGED}" src="data:image/png;base64,${png}">`
          }
        }
        rows += '</div>'
      }
    }
    await page.setViewportSize({ width: 2200, height: 100 })
    await show(rows)
    return await page.screenshot({ fullPage: true })
  }

  /**
   * Sets the page's markup and waits until its images are decoded.
   * @param {string} markup
   */
  async function show(markup) {
    await page.setContent(`<style>body{margin:0}img{vertical-align:middle}</style>${markup}`)
    await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())))
  }
} finally {
  await browser.close()
}

/**
 * @param {string} source
 */
async function toUrl(source) {
  const svg = await readFile(path.join(here, `${source}.svg`), 'base64')
  return `data:image/svg+xml;base64,${svg}`
}
