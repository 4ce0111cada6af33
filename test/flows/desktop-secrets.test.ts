import { readFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, chooseFromMenu, goTo, press, rowOf, see } from '../helpers/desktop-steps.ts'
import { findLeaks, markedSecret, readRegister } from '../helpers/marks.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { heapOf, storageOf } from '../helpers/page-memory.ts'
import { watchProcessList } from '../helpers/process-list.ts'
import { eventually } from '../helpers/waiting.ts'

const PROVIDERS = ['sftpgo', 'giantswarm', 'glowmarkt', 'koyeb', 'svix']

describeWith(components, 'secrets and the page of the tray app', () => {
  const scene = useScene()

  it('none is in its document, memory, storage or messages after logins, copies and leases', async () => {
    const endWatch = watchProcessList()
    onTestFinished(() => void endWatch())
    const { app, page } = await scene.open()
    for (const provider of PROVIDERS) await addAccount(page, scene.form(provider))
    for (const provider of PROVIDERS) {
      const account = `${provider}/demo`
      await press(page, `Copy the token of ${account}`)
      await see(page, `Token of ${account}`)
      await chooseFromMenu(page, account, 'Copy as curl')
      await see(page, `curl command of ${account}`)
      await scene.desktop.installation.mustDo(['token', account])
    }
    for (const tab of ['Tokens', 'Activity', 'Settings', 'Accounts'] as const) {
      await goTo(page, tab)
      await eventually(() => page.locator('main').count()).toBe(1)
    }
    await rowOf(page, 'svix/demo').waitFor()

    const registered = readRegister()
    expect(registered.size).toBeGreaterThan(PROVIDERS.length)
    expect(findLeaks(await page.content(), registered)).toEqual([])
    expect(findLeaks(await storageOf(page), registered)).toEqual([])
    expect(findLeaks(app.printed(), registered)).toEqual([])
    if (app.shell === 'stand-in') {
      const traffic = readFileSync(scene.desktop.traffic, 'utf8')
      expect(traffic).toContain('sftpgo/demo')
      expect(findLeaks(traffic, registered)).toEqual([])
    }
    // Nor is one in the arguments or the environment of a program that the app started.
    const started = endWatch().join('\n')
    expect(started).toContain('keychain')
    expect(findLeaks(started, registered)).toEqual([])
    const heap = await heapOf(page)
    expect(heap).toContain('sftpgo/demo')
    expect(findLeaks(heap, registered)).toEqual([])
  })

  it('one that was typed but not sent is gone once Tokentray is locked', async () => {
    const { page } = await scene.open()
    await press(page, 'Add account')
    await page.getByRole('button', { name: 'SFTPGo' }).click()
    const secret = markedSecret('typed')
    await page.getByLabel('Password', { exact: true }).fill(secret)
    await scene.desktop.installation.mustDo(['lock'])
    await page.getByRole('button', { name: 'Unlock' }).waitFor()
    expect(await page.content()).not.toContain(secret)
    expect(await heapOf(page)).not.toContain(secret)
  })
})
