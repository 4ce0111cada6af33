import type { Locator, Page } from 'playwright-core'

/** How a user operates a screen. */
export interface Hand {
  /** Presses a control of any kind. */
  press(control: Locator): Promise<void>
  /** Replaces the text of a field. */
  type(field: Locator, text: string): Promise<void>
}

export const mouse: Hand = {
  press: (control) => control.click(),
  type: (field, text) => field.fill(text),
}

/** Only Tab, arrow keys and Enter: no pointer, and no focus by script. */
export const keys: Hand = {
  async press(control) {
    await goTo(control)
    await control.page().keyboard.press('Enter')
  },
  async type(field, text) {
    await goTo(field)
    const { keyboard } = field.page()
    await keyboard.press('Control+A')
    await keyboard.type(text)
  },
}

/** More steps than any screen needs. */
const STEPS = 300

/** Presses keys until that element has the focus; throws if they never lead there. */
export async function goTo(control: Locator): Promise<void> {
  const page = control.page()
  await control.waitFor()
  await settle(page)
  for (let step = 0; step < STEPS; step += 1) {
    if (await control.evaluate((element) => element === document.activeElement)) return
    await pressKey(page, (await isInMenu(page)) ? 'ArrowDown' : 'Tab')
  }
  throw new Error(`No key leads to ${control}.`)
}

/** Presses a key; the focus has moved when this resolves. */
export async function pressKey(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key)
  // A menu moves the focus one turn later.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)))
}

const isInMenu = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest('[role="menu"]') != null)

/** A layer takes the focus a moment after it opens. */
export async function settle(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const top = document.querySelector('[role="menu"], [role="alertdialog"]')
      return top === null || top.contains(document.activeElement)
    },
    undefined,
    { polling: 20 },
  )
}
