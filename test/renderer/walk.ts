import type { Page } from 'playwright-core'
import { type Control, installControls, type Stop } from './controls-in-page.ts'
import { pressKey, settle } from './hands.ts'

/** The result of walking a screen by keyboard; all lists are empty if it works. */
interface Walk {
  readonly controls: readonly Control[]
  /** Never had the focus. */
  readonly missed: readonly string[]
  /** Looked the same with and without focus. */
  readonly unmarked: readonly string[]
  /** Had the focus while out of view. */
  readonly unseen: readonly string[]
  /** Had the focus but are no controls. */
  readonly strays: readonly string[]
  /** Had the focus out of document order, or out of order on the way back. */
  readonly outOfOrder: readonly string[]
}

/** Walks the layer that has the keyboard, to the end and back, and around if it wraps. */
export async function walkOver(page: Page): Promise<Walk> {
  await settle(page)
  await page.evaluate(installControls)
  const controls = await page.evaluate(() => window.controls.list())
  const isMenu = (await page.evaluate(() => window.controls.where())) === 'menu'
  const forth = await stopsOf(page, isMenu ? 'ArrowDown' : 'Tab', controls.length)
  const back = await stopsOf(page, isMenu ? 'ArrowUp' : 'Shift+Tab', controls.length)
  const unmarked = await page.evaluate(() => window.controls.unmarked())
  const nameAt = (index: number) => controls[index]?.name ?? ''
  const reached = (stops: readonly Stop[]) =>
    new Set(stops.map(({ index }) => index).filter((index) => index >= 0))
  const all = [...controls.keys()]
  const missedBy = (stops: readonly Stop[]) => all.filter((index) => !reached(stops).has(index))
  const missed = [...new Set([...missedBy(forth), ...missedBy(back)])].map(nameAt)
  return {
    controls,
    missed,
    unmarked: unmarked.filter((name) => !missed.includes(name)),
    unseen: [...forth, ...back]
      .filter((stop) => !stop.isInSight)
      .map(({ index, what }) => nameAt(index) || what),
    strays: [...forth, ...back].filter(({ index }) => index < 0).flatMap(({ what }) => what || []),
    outOfOrder: [...leaps(forth, 1), ...leaps(back, -1)].map(nameAt),
  }
}

/** The focused controls as the key is pressed repeatedly, for one round and one more. */
async function stopsOf(page: Page, key: string, count: number): Promise<Stop[]> {
  const start = await page.evaluate(() => window.controls.stop())
  const stops = start.index < 0 ? [] : [start]
  for (let step = 0; step < count + 3; step += 1) {
    await pressKey(page, key)
    stops.push(await page.evaluate(() => window.controls.stop()))
  }
  return stops
}

/** Steps out of order: each must follow its neighbour, or start again at an end. */
function leaps(stops: readonly Stop[], step: 1 | -1): number[] {
  const on = stops.map(({ index }) => index).filter((index) => index >= 0)
  const [first, last] = [Math.min(...on), Math.max(...on)]
  const [start, end] = step === 1 ? [first, last] : [last, first]
  return on.filter((index, at) => {
    const before = on[at - 1]
    if (before === undefined || index === before + step) return false
    // A menu stops at its last item, a screen wraps around.
    return before !== end || (index !== start && index !== end)
  })
}
