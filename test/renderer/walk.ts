import type { Page } from 'playwright-core'
import { type Control, installControls, type Stop } from './controls-in-page.ts'

/** What became of going over a screen by keyboard; lists of names are empty where all is well. */
interface Walk {
  readonly controls: readonly Control[]
  /** Never had the focus. */
  readonly missed: readonly string[]
  /** Looked with the focus as without it. */
  readonly unmarked: readonly string[]
  /** Had the focus out of sight. */
  readonly unseen: readonly string[]
  /** Had the focus and are no controls. */
  readonly strays: readonly string[]
  /** Had the focus in another order than they stand there, or on the way back in another one. */
  readonly outOfOrder: readonly string[]
}

/** Goes over all of the layer that has the keyboard, to the end and back, and round where it goes round. */
export async function walkOver(page: Page): Promise<Walk> {
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

/** The control that has the focus, and where that key leads from there: once round, and on. */
async function stopsOf(page: Page, key: string, count: number): Promise<Stop[]> {
  const start = await page.evaluate(() => window.controls.stop())
  const stops = start.index < 0 ? [] : [start]
  for (let step = 0; step < count + 3; step += 1) {
    await page.keyboard.press(key)
    stops.push(await page.evaluate(() => window.controls.stop()))
  }
  return stops
}

/** Those that the step before did not lead to: each follows its neighbour, or begins anew at an end. */
function leaps(stops: readonly Stop[], step: 1 | -1): number[] {
  const on = stops.map(({ index }) => index).filter((index) => index >= 0)
  const [first, last] = [Math.min(...on), Math.max(...on)]
  const [start, end] = step === 1 ? [first, last] : [last, first]
  return on.filter((index, at) => {
    const before = on[at - 1]
    if (before === undefined || index === before + step) return false
    // A menu ends at its last item, a screen goes round.
    return before !== end || (index !== start && index !== end)
  })
}
