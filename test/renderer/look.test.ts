import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { scenes } from './fixture-bridge/scenes.ts'
import { full } from './fixture-bridge/snapshots.ts'
import { withPage } from './with-page.ts'

const axe = createRequire(import.meta.url).resolve('axe-core')

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string | null
    readonly nodes: readonly { readonly html: string }[]
  }[]
}

/** What axe looks at, in the narrowest window; a window of 640 px has these sizes at a zoom of 200 %. */
const CONDITIONS = [
  { name: 'light, zoomed', height: 280, colorScheme: 'light', forcedColors: 'none' },
  { name: 'dark', height: 560, colorScheme: 'dark', forcedColors: 'none' },
  { name: 'forced colours', height: 560, colorScheme: 'light', forcedColors: 'active' },
] as const

describeWith([chromium], 'every screen', () => {
  const built = withPage()

  it.each(scenes.map((scene) => [scene.name, scene] as const))(
    'fits at every width, without serious axe findings under any condition: %s',
    async (_name, scene) => {
      const page = await built.open(scene)
      // The first is a window of the usual size at a text size of 200 %, the third one of 640 px.
      for (const [width, height] of [
        [190, 280],
        [300, 560],
        [320, 280],
        [700, 560],
        [1280, 560],
      ] as const) {
        await page.setViewportSize({ width, height })
        // A menu is positioned within a frame or two.
        await expect
          .poll(() => page.clock.runFor(50).then(() => findOverflow(page)), {
            message: `${width} px`,
          })
          .toEqual([])
      }
      await page.evaluate(await readFile(axe, 'utf8'))
      // It waits for frames, but the page's clock is paused.
      await page.clock.resume()
      for (const { name, height, ...media } of CONDITIONS) {
        await page.setViewportSize({ width: 320, height })
        await page.emulateMedia(media)
        expect(await findViolations(page), name).toEqual([])
      }
    },
  )

  it('has lines of at most 640 px', async () => {
    const page = await built.open({ snapshot: full, clicks: ['Settings'] })
    await page.setViewportSize({ width: 1280, height: 560 })
    const boxes = await page.getByRole('main').getByRole('combobox').all()
    expect(boxes.length).toBeGreaterThan(0)
    for (const box of boxes) expect((await box.boundingBox())?.width).toBeLessThanOrEqual(640)
  })

  it('is readable in forced colours', async () => {
    const page = await built.open(
      { snapshot: full, clicks: ['More for svix/first'] },
      { forcedColors: 'active' },
    )
    await page.keyboard.press('ArrowDown')
    const item = page.getByRole('menuitem').first()
    const colours = await item.evaluate((element) => {
      const { color, backgroundColor } = getComputedStyle(element)
      return [color, backgroundColor]
    })
    expect(new Set(colours).size).toBe(2)
  })
})

/** Elements that overflow the window, or are cut off without a tooltip. */
function findOverflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth
    const mayBeCut = 'main, .dialog, .menu, .button, p, h2, .row-text, .field, .banner, label, code'
    const found = [...document.querySelectorAll<HTMLElement>('body *')].filter((element) => {
      const { left, right, width: own } = element.getBoundingClientRect()
      if (own === 0 || element.closest('.hidden, svg, option')) return false
      const isOut = right > width + 0.5 || left < -0.5
      const isCut = element.scrollWidth > element.clientWidth + 1
      const isInline = getComputedStyle(element).display === 'inline'
      // A truncated text has its full text as a tooltip.
      const isSilent = getComputedStyle(element).textOverflow === 'ellipsis' && !element.title
      const isInput = element.matches('input, select')
      const isWrong = isCut && !isInline && !isInput && (isSilent || element.matches(mayBeCut))
      return isOut || isWrong
    })
    return found.map(
      ({ tagName, className, textContent }) =>
        `${tagName}.${className}: ${(textContent ?? '').slice(0, 40)}`,
    )
  })
}

async function findViolations(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({}),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`))
}
