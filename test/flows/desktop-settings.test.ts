import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, goTo, press, see, seeScreen } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'

describeWith(components, "the tray app's settings", () => {
  const scene = useScene()
  const choose = (page: Page, label: string, choice: string) =>
    page.getByLabel(label, { exact: true }).selectOption(choice)

  it('apply theme and size at once, and again after a restart', async () => {
    const { app, page } = await scene.open()
    await seeScreen(page, 'Welcome to Tokentray')
    const isDark = (on: Page) =>
      on.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)
    await goTo(page, 'Settings')
    await choose(page, 'Theme', 'Dark')
    await eventually(() => isDark(page)).toBe(true)
    await choose(page, 'Theme', 'Light')
    await eventually(() => isDark(page)).toBe(false)
    // The page shows the choice a moment after it applies.
    await eventually(() => page.getByLabel('Theme', { exact: true }).inputValue()).toBe('light')
    await choose(page, 'Theme', 'Dark')
    await eventually(() => isDark(page)).toBe(true)
    await page.keyboard.press('Control+0')
    await page.keyboard.press('Control++')
    await eventually(() => page.getByLabel('Text size').inputValue()).toBe('110')

    await scene.desktop.panel.click('Quit Tokentray')
    await app.exited
    const again = await scene.open()
    await eventually(() => isDark(again.page)).toBe(true)
  })

  it('export to a private file without a secret, reset, and import again', async () => {
    const { app, page } = await scene.open()
    const form = scene.form('sftpgo')
    await addAccount(page, form)
    await goTo(page, 'Settings')
    const file = path.join(scene.desktop.config, 'exported.json')
    await app.choosesFiles([file])
    await press(page, 'Export…')
    await see(page, 'Exported 1 account, 0 tools and your settings.')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    for (const secret of Object.values(form.secrets)) {
      expect(readFileSync(file, 'utf8')).not.toContain(secret)
    }

    await press(page, 'Reset…')
    await press(page, 'Continue')
    await page.getByLabel(/^Type reset/).fill('reset')
    await page.keyboard.press('Enter')
    await seeScreen(page, 'Welcome to Tokentray')

    await goTo(page, 'Settings')
    await press(page, 'Import…')
    await see(page, 'Added 1 account: sftpgo/demo. Log in to use it.')
    await goTo(page, 'Accounts')
    await see(page, 'Logged out')
  })

  it('do not lock at once when the computer was idle before that was chosen', async () => {
    const { app, page } = await scene.open()
    await seeScreen(page, 'Welcome to Tokentray')
    await app.isIdle(3_600)
    await goTo(page, 'Settings')
    await choose(page, 'Lock when idle', 'After 5 minutes')
    await eventually(() => page.getByLabel('Lock when idle').inputValue()).toBe('5')
    expect(await page.getByRole('heading', { name: 'Locked' }).count()).toBe(0)
  })

  it('show the licenses that the build has collected', async () => {
    const { page } = await scene.open()
    await goTo(page, 'Settings')
    await press(page, 'Licenses')
    for (const library of [/^csv-stringify 6/, /^fastify 5/, /^react 19/, /keytar/])
      await see(page, library)
  })
})
