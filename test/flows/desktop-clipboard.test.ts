import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { onWayland } from '../helpers/desktop-app.ts'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, chooseFromMenu, goTo, press, see } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'
import { runShell } from './real-agent.ts'

const ACCOUNT = 'sftpgo/demo'
const OWN_TIME_MS = 20_000

describeWith(components, 'copying in the tray app, as other programs see it', () => {
  const scene = useScene()

  const openWithAccount = async () => {
    const opened = await scene.open()
    await addAccount(opened.page, scene.form('sftpgo'))
    return opened
  }
  const copied = () => scene.desktop.clipboard.read()
  const token = () => scene.services.sftpgo.aliveTokens()[0]
  const clearsSoon = async (page: Page) => {
    await goTo(page, 'Settings')
    await page.getByLabel('Clear the clipboard after').selectOption('10')
    await goTo(page, 'Accounts')
  }

  it('gives the token with a hint for histories, and takes it back after the time set', async () => {
    const { page } = await openWithAccount()
    await clearsSoon(page)
    await press(page, `Copy the token of ${ACCOUNT}`)
    await eventually(copied).toBe(token())
    const { clipboard } = scene.desktop
    expect(await clipboard.targets()).toContain('x-kde-passwordManagerHint')
    expect(await clipboard.read('clipboard', 'x-kde-passwordManagerHint')).toBe('secret')
    // Chromium puts it there, too, without the hint.
    await eventually(() => clipboard.read('primary')).toBeNull()
    expect(await copied()).toBe(token())
    await see(page, /Clears in \d+ s/)

    await eventually(copied, OWN_TIME_MS).toBeNull()
    await eventually(() => page.getByText(/Clears in/).count()).toBe(0)
  })

  it('leaves alone what another program has copied since', async () => {
    const { page } = await openWithAccount()
    await press(page, `Copy the token of ${ACCOUNT}`)
    await eventually(copied).toBe(token())
    await scene.desktop.clipboard.write('of somebody else')
    await eventually(() => page.getByText(/Clears in/).count(), OWN_TIME_MS).toBe(0)
    await scene.desktop.panel.click('Lock')
    await see(page, 'Locked')
    expect(await copied()).toBe('of somebody else')
  })

  it('takes it back out of what the mouse has marked, too', async () => {
    const { page } = await openWithAccount()
    await press(page, `Copy the token of ${ACCOUNT}`)
    await eventually(copied).toBe(token())
    // As some programs do with whatever comes into the clipboard.
    await scene.desktop.clipboard.write(token() ?? '', 'primary')
    await press(page, 'Clear now')
    await eventually(copied).toBeNull()
    await eventually(() => scene.desktop.clipboard.read('primary')).toBeNull()
  })

  it('takes it back from a history that heeds no hint and offers it on, wherever it does', async () => {
    const { page } = await openWithAccount()
    await clearsSoon(page)
    const history = await scene.desktop.keepHistory()
    await press(page, `Copy the token of ${ACCOUNT}`)
    await eventually(() => history.seen).toContain(token())
    expect(await copied()).toBe(token())
    await eventually(copied, OWN_TIME_MS).not.toBe(token())
    await eventually(() => scene.desktop.clipboard.read('primary')).not.toBe(token())
    await eventually(() => page.getByText(/Clears in/).count()).toBe(0)
  })

  it('never calls done what the desktop has dropped', async () => {
    const { app, page } = await openWithAccount()
    await page.keyboard.press('Escape')
    await eventually(() => app.isShown()).toBe(false)
    await scene.desktop.panel.click('Open Tokentray')
    await eventually(() => app.isShown()).toBe(true)
    // As a click that the compositor knows nothing of: where it gives no focus, the copy comes to nothing.
    const button = page.getByRole('button', { name: `Copy the token of ${ACCOUNT}`, exact: true })
    await button.evaluate((element) => (element as HTMLElement).click())
    if (!onWayland) return await eventually(copied).toBe(token())
    await see(page, 'This desktop takes a copy only from the window that has the focus.')
    expect(await copied()).toBeNull()
    expect(await page.getByText(/Clears in/).count()).toBe(0)
    await button.click()
    await eventually(copied).toBe(token())
  })

  it('gives a header, and a curl line that works in a shell', async () => {
    const { page } = await openWithAccount()
    await chooseFromMenu(page, ACCOUNT, 'Copy as header')
    await eventually(copied).toBe(`Authorization: Bearer ${token()}`)

    await chooseFromMenu(page, ACCOUNT, 'Copy as curl')
    await eventually(copied).toMatch(/^curl /)
    const line = `${await copied()} -s -o /dev/null -w '%{http_code}'`
    const path = '/api/v2/user/profile'
    const { url } = scene.services.sftpgo
    const { stdout } = await runShell(line.replace(`'${url}/'`, `'${url}${path}'`), {
      PATH: process.env['PATH'],
    })
    expect(stdout).toBe('200')
  })

  it('takes it back on lock', async () => {
    const { page } = await openWithAccount()
    await press(page, `Copy the token of ${ACCOUNT}`)
    await eventually(copied).toBe(token())
    await press(page, 'Lock')
    await eventually(copied).toBeNull()
  })

  it('takes it back when it quits, while it still ends tokens', async () => {
    const { app, page } = await openWithAccount()
    await press(page, `Copy the token of ${ACCOUNT}`)
    await eventually(copied).toBe(token())
    // Keeps the program here for a while: an X clipboard is empty anyway once its owner has gone.
    scene.services.sftpgo.faults.next(10, { kind: 'hang' })
    await scene.desktop.panel.click('Quit Tokentray')
    await eventually(copied).toBeNull()
    // Of the processes of the app the owner of the clipboard may go first; the icon goes before them all.
    expect(await scene.desktop.panel.tray()).not.toBeNull()
    expect(await app.exited).toBe(0)
  })
})
