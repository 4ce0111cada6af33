import { expect, it } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, copyByPanel, goTo, press, seeScreen } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith, inhibitor } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'

const ACCOUNT = 'sftpgo/demo'

describeWith(components, "the tray app's lock", () => {
  const scene = useScene()
  const tray = () => scene.desktop.panel.tray()
  const token = () => scene.desktop.installation.cli(['token', ACCOUNT])
  const isLocked = async () => (await tray())?.toolTip === 'Tokentray: locked'

  it('withholds tokens from tools and from the menu until the user unlocks', async () => {
    const { page } = await scene.open()
    await addAccount(page, scene.form('sftpgo'))
    const before = await tray()
    await press(page, 'Lock')
    await seeScreen(page, 'Locked')
    await eventually(isLocked).toBe(true)
    expect((await tray())?.icon).not.toBe(before?.icon)
    await expect(scene.desktop.panel.click(ACCOUNT, 'Copy token')).rejects.toThrow('cannot')
    const refused = token()

    await press(page, 'Unlock')
    await seeScreen(page, 'Accounts')
    // It was waiting for the user.
    expect((await refused).code).toBe(0)
    expect((await tray())?.icon).toBe(before?.icon)
  })

  it('survives a restart', async () => {
    const { app, page } = await scene.open()
    await addAccount(page, scene.form('sftpgo'))
    await scene.desktop.panel.click('Lock')
    await eventually(isLocked).toBe(true)
    await scene.desktop.panel.click('Quit Tokentray')
    await app.exited
    const again = await scene.open()
    await seeScreen(again.page, 'Locked')
    await scene.desktop.panel.click('Unlock')
    await seeScreen(again.page, 'Accounts')
  })

  it('follows screen lock and sleep, as signalled on D-Bus', async () => {
    const { page } = await scene.open()
    const { panel } = scene.desktop
    await seeScreen(page, 'Welcome to Tokentray')
    await panel.lockScreen(false)
    await panel.lockScreen(true)
    await eventually(isLocked).toBe(true)
    await press(page, 'Unlock')
    await eventually(isLocked).toBe(false)
    await panel.sleep(true)
    await eventually(isLocked).toBe(true)
    await panel.sleep(false)
    await press(page, 'Unlock')
    await eventually(isLocked).toBe(false)
  })

  it('does not follow them if the user turned that off; the clipboard is cleared anyway', async () => {
    const { page } = await scene.open()
    const { panel, clipboard } = scene.desktop
    await addAccount(page, scene.form('sftpgo'))
    await goTo(page, 'Settings')
    await page.getByLabel('Lock on sleep').click()
    await eventually(() => page.getByLabel('Lock on sleep').isChecked()).toBe(false)
    await copyByPanel(scene.desktop, page, ACCOUNT, 'Copy token')
    await eventually(() => clipboard.read()).not.toBeNull()
    await panel.lockScreen(true)
    await eventually(() => clipboard.read()).toBeNull()
    expect(await isLocked()).toBe(false)
  })
})

describeWith([...components, inhibitor], 'sleep', () => {
  const scene = useScene()

  it('is delayed until a copied token is cleared from the clipboard, and no longer', async () => {
    const { page } = await scene.open()
    const { panel, clipboard } = scene.desktop
    const ours = async () => (await panel.inhibitors()).filter(({ who }) => who === 'Tokentray')
    await addAccount(page, scene.form('sftpgo'))
    expect(await ours()).toEqual([])
    await copyByPanel(scene.desktop, page, ACCOUNT, 'Copy token')
    await eventually(ours).toEqual([{ what: 'sleep', who: 'Tokentray', mode: 'delay' }])
    expect(await clipboard.read()).not.toBeNull()
    await panel.sleep(true)
    await eventually(ours).toEqual([])
    expect(await clipboard.read()).toBeNull()
  })
})
