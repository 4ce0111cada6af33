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

describeWith(components, 'a token copied in the tray app, as other programs see it', () => {
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

  it('carries the hint for clipboard histories, and is cleared after the configured time', async () => {
    const { page } = await openWithAccount()
    await clearsSoon(page)
    await press(page, `Copy the token of ${ACCOUNT}`)
    await eventually(copied).toBe(token())
    const { clipboard } = scene.desktop
    expect(await clipboard.targets()).toContain('x-kde-passwordManagerHint')
    expect(await clipboard.read('clipboard', 'x-kde-passwordManagerHint')).toBe('secret')
    // Chromium writes it as well, without the hint.
    await eventually(() => clipboard.read('primary')).toBeNull()
    expect(await copied()).toBe(token())
    await see(page, /Clears in \d+ s/)

    await eventually(copied, OWN_TIME_MS).toBeNull()
    await eventually(() => page.getByText(/Clears in/).count()).toBe(0)
  })

  it('is not cleared if another program has copied something since', async () => {
    const { page } = await openWithAccount()
    await press(page, `Copy the token of ${ACCOUNT}`)
    await eventually(copied).toBe(token())
    await scene.desktop.clipboard.write('from another program')
    await eventually(() => page.getByText(/Clears in/).count(), OWN_TIME_MS).toBe(0)
    await scene.desktop.panel.click('Lock')
    await see(page, 'Locked')
    expect(await copied()).toBe('from another program')
  })

  it('is cleared from the primary selection as well', async () => {
    const { page } = await openWithAccount()
    await press(page, `Copy the token of ${ACCOUNT}`)
    await eventually(copied).toBe(token())
    // Some programs copy every clipboard text to the primary selection.
    await scene.desktop.clipboard.write(token() ?? '', 'primary')
    await press(page, 'Clear now')
    await eventually(copied).toBeNull()
    await eventually(() => scene.desktop.clipboard.read('primary')).toBeNull()
  })

  it('is cleared from a history that ignores the hint, wherever that offers it again', async () => {
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

  it('is not reported as copied if the desktop dropped it', async () => {
    const { app, page } = await openWithAccount()
    await page.keyboard.press('Escape')
    await eventually(() => app.isShown()).toBe(false)
    await scene.desktop.panel.click('Open Tokentray')
    await eventually(() => app.isShown()).toBe(true)
    // A click unknown to the compositor: without focus, the copy fails.
    const button = page.getByRole('button', { name: `Copy the token of ${ACCOUNT}`, exact: true })
    await button.evaluate((element) => (element as HTMLElement).click())
    if (!onWayland) return await eventually(copied).toBe(token())
    await see(page, 'This desktop allows copying only in the focused window.')
    expect(await copied()).toBeNull()
    expect(await page.getByText(/Clears in/).count()).toBe(0)
    await button.click()
    await eventually(copied).toBe(token())
  })

  it('is copied as a header, or as a curl command that works in a shell', async () => {
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

  it('is cleared on lock', async () => {
    const { page } = await openWithAccount()
    await press(page, `Copy the token of ${ACCOUNT}`)
    await eventually(copied).toBe(token())
    await press(page, 'Lock')
    await eventually(copied).toBeNull()
  })

  it('is cleared on quit, while tokens are still being revoked', async () => {
    const { app, page } = await openWithAccount()
    await press(page, `Copy the token of ${ACCOUNT}`)
    await eventually(copied).toBe(token())
    // Delays the exit: an X clipboard is empty anyway once its owner has exited.
    scene.services.sftpgo.faults.next(10, { kind: 'hang' })
    await scene.desktop.panel.click('Quit Tokentray')
    await eventually(copied).toBeNull()
    // The process that owns the clipboard may exit first; the icon disappears before all of them.
    expect(await scene.desktop.panel.tray()).not.toBeNull()
    expect(await app.exited).toBe(0)
  })
})
