import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { onWayland } from '../helpers/desktop-app.ts'
import { findMenuItem } from '../helpers/desktop-panel.ts'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, copyByPanel, goTo, seeScreen } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'

const ACCOUNT = 'glowmarkt/demo'
const MANY = 1_000

describeWith(components, 'the tray icon, as the panel sees it over D-Bus', () => {
  const scene = useScene()

  it('copies a token by its menu that the service accepts', async () => {
    const { panel, clipboard } = scene.desktop
    const { app, page } = await scene.open()
    await addAccount(page, scene.form('glowmarkt'))
    const lines = async () => (await panel.tray())?.lines ?? []
    const state = findMenuItem(await lines(), [ACCOUNT, 'demo@example.com at '])
    expect(state.enabled).toBe(false)
    expect(state.label).toMatch(/logged in$/)
    expect(findMenuItem(await lines(), [ACCOUNT, 'Session until ']).label).toMatch(/\d\d:\d\d$/)

    await copyByPanel(scene.desktop, page, ACCOUNT, 'Copy token')
    await eventually(async () =>
      scene.services.glowmarkt.aliveTokens().includes((await clipboard.read()) ?? ''),
    ).toBe(true)
    await copyByPanel(scene.desktop, page, ACCOUNT, 'Copy as header')
    await eventually(() => clipboard.read()).toMatch(/^token: .+\napplicationId: .+$/)
    await copyByPanel(scene.desktop, page, ACCOUNT, 'Copy as curl')
    await eventually(() => clipboard.read()).toMatch(/^curl --noproxy '\*' -H 'token: /)
    findMenuItem(await lines(), ['1 active token', `Revoke your token: ${ACCOUNT}`])

    // Each notification replaces the one before; a copy made in the window is reported there.
    const said = async () => (await panel.notifications()).map(({ title }) => title)
    const copies = ['Token', 'Header', 'curl command'].map((form) => `${form} of ${ACCOUNT} copied`)
    await eventually(said).toEqual(onWayland ? [] : copies)
    await panel.click('1 active token', 'Revoke all')
    await eventually(async () => (await panel.tray())?.toolTip).toContain('is in the clipboard')
    expect(await clipboard.read()).toMatch(/^curl /)
    await app.pressesInDialogs(1)
    await panel.click('1 active token', 'Revoke all')
    // A revoked token must not stay in the clipboard.
    await eventually(() => clipboard.read()).toBeNull()
    await eventually(said).toContain('Active tokens')
    expect(scene.services.glowmarkt.aliveTokens()).toHaveLength(1)
  })

  it('opens the popover on the screen that a menu item names', async () => {
    const { panel } = scene.desktop
    const { app, page } = await scene.open()
    await addAccount(page, scene.form('sftpgo'))
    await page.keyboard.press('Escape')
    await eventually(() => app.isShown()).toBe(false)
    await panel.click('Settings')
    await seeScreen(page, 'Settings')
    expect(await app.isShown()).toBe(true)
    await panel.click('sftpgo/demo', 'Log in again')
    await seeScreen(page, 'Log in to sftpgo/demo')
    await app.pressesInDialogs(1)
    await panel.click('sftpgo/demo', 'Log out')
    await eventually(async () => (await panel.tray())?.lines.map(({ label }) => label)).toContain(
      'sftpgo/demo – logged out',
    )
    await expect(panel.click('sftpgo/demo', 'Copy token')).rejects.toThrow('cannot be clicked')
    const said = (await panel.notifications()).map(({ title }) => title)
    expect(said).toContain('Logged out of sftpgo/demo')
  })

  it('starts at login when that is switched on, through an autostart file', async () => {
    const { installation } = scene.desktop
    const { page } = await scene.open()
    await seeScreen(page, 'Welcome to Tokentray')
    await goTo(page, 'Settings')
    const toggle = page.getByRole('switch', { name: 'Start at login' })
    const isOn = () => toggle.isChecked()
    expect(await isOn()).toBe(false)
    await toggle.click()
    await eventually(isOn).toBe(true)
    const entry = path.join(installation.home, '.config/autostart/tokentray.desktop')
    expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=.*--hidden"?$/m)
    await toggle.click()
    await eventually(isOn).toBe(false)
    expect(existsSync(entry)).toBe(false)
  })

  it('notifies the user once when a login is no longer accepted', async () => {
    const { panel } = scene.desktop
    const { app, page } = await scene.open()
    await addAccount(page, scene.form('giantswarm'))
    await page.keyboard.press('Escape')
    await eventually(() => app.isShown()).toBe(false)
    scene.services.giantswarm.faults.next(MANY, {
      kind: 'status',
      status: 401,
      body: { code: 'INVALID_CREDENTIALS' },
    })
    for (let times = 0; times < 2; times += 1) {
      await scene.desktop.installation.cli(['token', 'giantswarm/demo'])
    }
    await eventually(async () => (await panel.notifications()).length).toBe(1)
    const [told] = await panel.notifications()
    expect(told?.title).toBe('Log in to giantswarm/demo again')
    await eventually(async () => (await panel.tray())?.toolTip).toBe(
      'Tokentray: 1 account needs you to log in',
    )
    if (told) await panel.choose(told)
    await eventually(() => app.isShown()).toBe(true)
  })
})
