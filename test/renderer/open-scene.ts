import type { Locator, Page } from 'playwright-core'
import { channels } from '../../preload/contract.ts'
import { installBridge } from './fixture-bridge/install.ts'
import type { NamedScene } from './fixture-bridge/scenes.ts'
import { NOW } from './fixture-bridge/snapshots.ts'
import { type Hand, keys, mouse } from './hands.ts'

/** Opens the page on a scene with the clock paused at `NOW`, and navigates to the screen by mouse or keys. */
export async function openScene(
  page: Page,
  url: string,
  scene: NamedScene,
  hand: Hand = mouse,
): Promise<void> {
  const { snapshot, answers = {}, clicks = [], typed = {}, send = false, afterwards } = scene
  await page.clock.install({ time: NOW - 1_000 })
  await page.clock.pauseAt(NOW)
  await page.addInitScript(installBridge, { snapshot, answers, channels })
  await page.goto(url)
  await page.locator('h1').first().waitFor()
  // Layers move the focus a moment after they open or close.
  if (hand === keys) await page.clock.resume()
  for (const name of clicks) await hand.press(await controlNamed(page, name))
  for (const [label, text] of Object.entries(typed)) {
    await hand.type(page.getByLabel(label, { exact: true }), text)
  }
  if (send) await hand.press(page.getByRole('button', { name: 'Log in', exact: true }))
  await page.clock.runFor(500)
  if (!afterwards) return
  await page.evaluate((next) => window.fixture.push(next), afterwards)
  await page.clock.runFor(500)
}

/** The control with this name, of any kind. */
async function controlNamed(page: Page, name: string): Promise<Locator> {
  const dialog = page.getByRole('alertdialog')
  const within = (await dialog.count()) > 0 ? dialog : page
  const control = within
    .getByRole('button', { name, exact: true })
    .or(within.getByRole('menuitem', { name, exact: true }))
    .or(within.locator('summary', { hasText: name }))
    .or(within.locator('.tab', { hasText: name }))
  return control.first()
}
