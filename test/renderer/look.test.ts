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

describeWith([chromium], 'every screen', () => {
  const built = withPage()

  it.each(scenes.map((scene) => [scene.name, scene] as const))(
    'fits at every width, without serious axe findings in either colour scheme: %s',
    async (_name, scene) => {
      const page = await built.open(scene)
      // The second is a window of 640 px, as it is at 200 % zoom.
      for (const [width, height] of [
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
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await findViolations(page), colorScheme).toEqual([])
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
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`))
}
