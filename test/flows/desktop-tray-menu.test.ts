import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { onWayland } from '../helpers/desktop-app.ts'
import { findMenuItem, type MenuItem } from '../helpers/desktop-panel.ts'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, copyByPanel, goTo, press, seeScreen } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { settingsWith } from '../helpers/settings-with.ts'
import { eventually } from '../helpers/waiting.ts'

/** A menu as the panel draws it, `-` for each line. */
const read = (lines: readonly MenuItem[]) =>
  lines.map(({ label, type }) => (type === 'separator' ? '-' : label))

describeWith(components, 'the tray menu, as the panel draws it', () => {
  const scene = useScene()
  const menu = async () => (await scene.desktop.panel.tray())?.lines ?? []
  const top = async () => read(await menu())

  const openWith = async (accounts: number) => {
    const { config } = scene.desktop
    mkdirSync(config, { recursive: true, mode: 0o700 })
    const file = path.join(config, 'settings.json')
    writeFileSync(file, settingsWith(accounts), { mode: 0o600 })
    return await scene.open()
  }

  const ends = ['-', 'Lock', 'Settings…', '-', 'Quit Tokentray']
  const start = ['No active tokens', '-', 'Open Tokentray', '-']
  const listed = (count: number) =>
    Array.from({ length: count }, (_, index) => `sftpgo/user${index} – logged out`)

  it('leads to the first account where there is none', async () => {
    const { app, page } = await openWith(0)
    await eventually(top).toEqual([...start, 'Add account…', ...ends])
    await seeScreen(page, 'Welcome to Tokentray')
    await page.keyboard.press('Escape')
    await eventually(() => app.isShown()).toBe(false)
    await scene.desktop.panel.click('Add account')
    await seeScreen(page, 'Add account')
    expect(await app.isShown()).toBe(true)
  })

  it('has one account with what it is opened for first, and what cannot be undone last', async () => {
    const { panel, clipboard } = scene.desktop
    const { page } = await scene.open()
    const account = await addAccount(page, scene.form('glowmarkt'))
    await eventually(top).toEqual([...start, account, ...ends])
    const more = onWayland ? '…' : ''
    expect(read(findMenuItem(await menu(), [account]).lines)).toEqual([
      ...['Copy token', 'Copy as header', 'Copy as curl'].map((label) => label + more),
      ...['-', expect.stringMatching(/: logged in$/), expect.stringMatching(/^Session until /)],
      ...['Log in again…', '-', 'Log out…'],
    ])
    await copyByPanel(scene.desktop, page, account, 'Copy token')
    await eventually(() => clipboard.read()).not.toBeNull()
    await eventually(async () => (await top())[0]).toBe('1 active token')
    expect(read((await menu())[0]?.lines ?? [])).toEqual([
      expect.stringMatching(/^Revoke your token: glowmarkt\/demo, until \d\d:\d\d…$/),
      ...['-', 'Revoke all…'],
    ])
    await panel.click('Lock')
    await eventually(async () => (await top())[0]).toBe('Locked, 1 active token')
  })

  it('is not rebuilt while a submenu of it is open, and shows what has changed after a click', async () => {
    const { panel, clipboard, installation } = scene.desktop
    const { page } = await scene.open()
    const account = await addAccount(page, scene.form('sftpgo'))
    await eventually(top).toContain(account)
    const open = await panel.open(account)
    const before = await panel.tray()
    const token = await installation.mustDo(['token', account])
    // The app knows of it.
    await eventually(async () => await page.getByRole('navigation').innerText()).toContain('1')
    expect((await panel.tray())?.lines).toEqual(before?.lines)
    expect((await panel.tray())?.toolTip).toBe(before?.toolTip)
    if (onWayland) return
    // What was opened still does what it says.
    await open.click('Copy token')
    await eventually(() => clipboard.read()).toBe(token.trim())
    await eventually(async () => (await top())[0]).toBe('2 active tokens')
  })

  it('shows for a moment that something was copied', async () => {
    const { panel } = scene.desktop
    const { page } = await scene.open()
    const account = await addAccount(page, scene.form('sftpgo'))
    const icon = async () => (await panel.tray())?.icon
    const before = await icon()
    await press(page, new RegExp(`^Copy .*token of ${account}$`))
    await eventually(icon).not.toBe(before)
    await eventually(icon).toBe(before)
    await copyByPanel(scene.desktop, page, account, 'Copy token')
    await eventually(icon).not.toBe(before)
    await eventually(icon).toBe(before)
  })

  it('has four of five accounts, and all of them in the window', async () => {
    const { page } = await openWith(5)
    await eventually(top).toEqual([...start, ...listed(4), 'All accounts…', ...ends])
    await goTo(page, 'Settings')
    await scene.desktop.panel.click('All accounts')
    await seeScreen(page, 'Accounts')
  })

  it('is no longer with sixty accounts', async () => {
    await openWith(60)
    await eventually(top).toEqual([...start, ...listed(4), 'All accounts…', ...ends])
  })
})
