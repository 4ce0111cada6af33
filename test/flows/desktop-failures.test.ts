import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import {
  addAccount,
  chooseProvider,
  fillIn,
  press,
  rowOf,
  see,
  seeScreen,
} from '../helpers/desktop-steps.ts'
import { hangingFile } from '../helpers/hanging-file.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { eventually, patience } from '../helpers/waiting.ts'

const MEMORY = 'Keep passwords in memory only'

describeWith(components, 'the tray app on a broken machine', () => {
  const scene = useScene()

  it('sets unreadable settings aside, reports it, and starts', async () => {
    const { config } = scene.desktop
    const broken = '{ "version": 1, "accounts": ['
    mkdirSync(config, { recursive: true })
    writeFileSync(path.join(config, 'settings.json'), broken)
    const { page } = await scene.open()
    await see(page, /could not be read\. The file was kept as .*unreadable/)
    const [aside = ''] = readdirSync(config).filter((name) => name.includes('unreadable'))
    expect(readFileSync(path.join(config, aside), 'utf8')).toBe(broken)
    await addAccount(page, scene.form('sftpgo'))
    await page.getByRole('main').getByRole('button', { name: 'Dismiss' }).click()
    await eventually(() => page.getByText('unreadable').count()).toBe(0)
  })

  it('reports a missing keychain, and works as soon as there is one', async () => {
    const { desktop } = scene
    desktop.removeKeyRing()
    const { page } = await scene.open()
    await page.getByRole('alert').filter({ hasText: 'No Secret Service is running.' }).waitFor()
    expect(await page.getByRole('button', { name: 'Add account' }).count()).toBe(0)
    expect((await desktop.panel.tray())?.toolTip).toMatch(/keychain cannot be used/)
    await desktop.ring.restart()
    await tryAgainUntilThere(page)
    await addAccount(page, scene.form('sftpgo'))
  })

  it('keeps credentials in memory only, if the user chooses that', async () => {
    const { desktop } = scene
    desktop.removeKeyRing()
    const { app, page } = await scene.open()
    await press(page, MEMORY)
    await see(page, 'Not saved: accounts are forgotten when you quit.')
    await addAccount(page, scene.form('sftpgo'))
    await press(page, 'Copy the token of sftpgo/demo')
    await eventually(() => desktop.clipboard.read()).not.toBeNull()
    await desktop.panel.click('Quit Tokentray')
    expect(await app.exited).toBe(0)

    await desktop.ring.restart()
    const again = await scene.open()
    await seeScreen(again.page, 'Welcome to Tokentray')
  })

  it('notices that the key ring was locked while it ran, and says what to do', async () => {
    const { desktop } = scene
    const first = await scene.open()
    await addAccount(first.page, scene.form('giantswarm'))
    await desktop.panel.click('Quit Tokentray')
    await first.app.exited
    desktop.ring.lock()
    const { page } = await scene.open()
    await page
      .getByRole('alert')
      .filter({ hasText: /locked/ })
      .waitFor()
    await desktop.ring.unlock()
    await tryAgainUntilThere(page)
    await rowOf(page, 'giantswarm/demo').waitFor()
    await press(page, 'Copy the token of giantswarm/demo')
    await eventually(() => desktop.clipboard.read()).not.toBeNull()
  })

  if (hangingFile !== null) {
    it('can be quit while a disk does not respond, once its tokens are revoked', async () => {
      const { desktop, services } = scene
      const { app, page } = await scene.open()
      await addAccount(page, scene.form('sftpgo'))
      await press(page, 'Copy the token of sftpgo/demo')
      await eventually(() => desktop.clipboard.read()).not.toBeNull()
      const form = scene.form('sftpgo')
      await chooseProvider(page, 'sftpgo')
      await fillIn(page, 'sftpgo', { ...form.values, ...form.secrets, caFile: hangingFile ?? '' })
      await press(page, 'Log in')
      await see(page, `The CA file ${hangingFile} could not be read in time.`)
      await desktop.panel.click('Quit Tokentray')
      // Node would wait forever for the thread that reads, so the app exits by a signal.
      const late = wait(patience(20_000)).then(() => 'it was still there')
      expect(await Promise.race([app.exited, late])).toBe(-1)
      expect(services.sftpgo.aliveTokens()).toEqual([])
    })
  }
})

/** The service reports that it is running, or unlocked, shortly before it can be used. */
async function tryAgainUntilThere(page: Page): Promise<void> {
  const again = page.getByRole('button', { name: 'Try again', exact: true })
  await eventually(async () => {
    if (await again.isVisible()) await again.click()
    return await page.getByRole('alert').count()
  }).toBe(0)
}
