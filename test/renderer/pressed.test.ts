import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { installControls } from './controls-in-page.ts'
import { scenes } from './fixture-bridge/scenes.ts'
import { goTo, keys, mouse } from './hands.ts'
import { KINDS, type Kind } from './kinds.ts'
import { callsOf, withPage } from './with-page.ts'

/** The visible effects of an action: the screen, what is open or on, and the bridge calls. */
async function effectOf(page: Page) {
  const seen = await page.evaluate(() => {
    const states = ['aria-checked', 'aria-pressed', 'aria-invalid', 'aria-expanded', 'aria-current']
    return {
      where: window.controls.where(),
      heading: document.querySelector('h1')?.textContent,
      marks: [...document.querySelectorAll('button, input, select, details')].map((element) =>
        [...states, 'open'].map((state) => element.getAttribute(state)),
      ),
      values: [
        ...document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select'),
      ].map((element) => ('checked' in element && element.checked ? 'ticked' : element.value)),
    }
  })
  return { ...seen, calls: await callsOf(page) }
}

describeWith([chromium], 'the keyboard does what the mouse does', () => {
  const built = withPage()

  /** Does this to a control of a scene and returns the effects. */
  const effect = async (
    { scene, role, name }: Kind,
    act: (control: Locator) => Promise<unknown>,
  ) => {
    const found = scenes.find((each) => each.name === scene)
    if (!found) throw new Error(`There is no scene ${scene}.`)
    const page = await built.open(found)
    await page.clock.resume()
    await page.evaluate(installControls)
    const control =
      role === 'summary' || role === 'password'
        ? page.locator(role === 'summary' ? role : `input[type="${role}"]`)
        : page.getByRole(role, { name, exact: true })
    const before = await effectOf(page)
    await act(control)
    await expect.poll(() => effectOf(page), { message: name }).not.toEqual(before)
    return page
  }
  const expectSame = async (
    kind: Kind,
    byMouse: (control: Locator) => Promise<unknown>,
    byKeys: (control: Locator) => Promise<unknown>,
  ) => {
    const wanted = await effectOf(await effect(kind, byMouse))
    const page = await effect(kind, byKeys)
    await expect.poll(() => effectOf(page)).toEqual(wanted)
  }

  const ofUse = (use: Kind['use']) =>
    KINDS.filter((kind) => kind.use === use).map((kind) => [kind.kind, kind] as const)

  it.each(ofUse('press'))('with Enter and with Space: %s', async (_kind, kind) => {
    for (const key of ['Enter', 'Space']) {
      await expectSame(kind, mouse.press, async (control) => {
        await goTo(control)
        await control.page().keyboard.press(key)
      })
    }
  })

  it.each(ofUse('type'))('by typing: %s', async (_kind, kind) => {
    const text = '123456'
    await expectSame(
      kind,
      (control) => mouse.type(control, text),
      (control) => keys.type(control, text),
    )
  })

  it.each(ofUse('tick'))('with Space, a box: %s', async (_kind, kind) => {
    await expectSame(kind, mouse.press, async (control) => {
      await goTo(control)
      await control.page().keyboard.press('Space')
    })
  })

  it.each(ofUse('choose'))('with the arrow keys: %s', async (_kind, kind) => {
    await expectSame(
      kind,
      async (control) => {
        const chosen = await control.evaluate(
          (element) => (element as HTMLSelectElement).selectedIndex,
        )
        await control.selectOption({ index: chosen + 1 })
      },
      async (control) => {
        await goTo(control)
        await control.page().keyboard.press('ArrowDown')
      },
    )
  })
})
