import type { Page } from 'playwright-core'
import { channels } from '../../preload/contract.ts'
import { installBridge } from './fixture-bridge/install.ts'
import type { NamedScene } from './fixture-bridge/scenes.ts'
import { NOW } from './fixture-bridge/snapshots.ts'

/** Opens the page on a scene, with time standing at `NOW`, and clicks its way to the screen. */
export async function openScene(page: Page, url: string, scene: NamedScene): Promise<void> {
  const { snapshot, answers = {}, clicks = [], typed = {}, send = false, afterwards } = scene
  await page.clock.install({ time: NOW - 1_000 })
  await page.clock.pauseAt(NOW)
  await page.addInitScript(installBridge, { snapshot, answers, channels })
  await page.goto(url)
  await page.locator('h1').first().waitFor()
  for (const name of clicks) await click(page, name)
  for (const [label, text] of Object.entries(typed)) {
    await page.getByLabel(label, { exact: true }).fill(text)
  }
  if (send) await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await page.clock.runFor(500)
  if (!afterwards) return
  await page.evaluate((next) => window.fixture.push(next), afterwards)
  await page.clock.runFor(500)
}

/** Clicks what has this name, whichever kind of control it is. */
async function click(page: Page, name: string): Promise<void> {
  const dialog = page.getByRole('alertdialog')
  const within = (await dialog.count()) > 0 ? dialog : page
  const control = within
    .getByRole('button', { name, exact: true })
    .or(within.getByRole('menuitem', { name, exact: true }))
    .or(within.locator('summary', { hasText: name }))
    .or(within.locator('.tab', { hasText: name }))
  await control.first().click()
}
