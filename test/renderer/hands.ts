import type { Locator, Page } from 'playwright-core'

/** How a person does what a screen offers. */
export interface Hand {
  /** Presses a control, whichever kind it is. */
  press(control: Locator): Promise<void>
  /** Puts a text into a field, in place of what is in it. */
  type(field: Locator, text: string): Promise<void>
}

export const mouse: Hand = {
  press: (control) => control.click(),
  type: (field, text) => field.fill(text),
}

/** Tab, the arrows of a menu, and Enter: nothing is pointed at, and nothing gets the focus by a script. */
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

/** More than any screen has. */
const STEPS = 300

/** Until that has the focus; throws where the keys do not lead there. */
export async function goTo(control: Locator): Promise<void> {
  const page = control.page()
  await control.waitFor()
  await settle(page)
  for (let step = 0; step < STEPS; step += 1) {
    if (await control.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press((await isInMenu(page)) ? 'ArrowDown' : 'Tab')
    // A menu moves the focus a turn later.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)))
  }
  throw new Error(`No key leads to ${control}.`)
}

const isInMenu = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest('[role="menu"]') != null)

/** What opens takes the focus a moment later. */
async function settle(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const top = document.querySelector('[role="menu"], [role="alertdialog"]')
      return top === null || top.contains(document.activeElement)
    },
    undefined,
    { polling: 20 },
  )
}
