import { expect, it } from 'vitest'
import { onWayland } from '../helpers/desktop-app.ts'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, goTo, see, seeScreen } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'

const KEY = 11

describeWith(components, 'the global shortcut', () => {
  const scene = useScene()

  const openSettings = async () => {
    const { app, page } = await scene.open()
    await addAccount(page, scene.form('sftpgo'))
    await goTo(page, 'Settings')
    const toggle = page.getByRole('switch', { name: 'Global shortcut' })
    return { app, page, toggle, isOn: () => toggle.isChecked() }
  }

  it('is off; once it is on, it opens the accounts from any program, also after a restart', async () => {
    const { keyboard, panel } = scene.desktop
    const { app, page, toggle, isOn } = await openSettings()
    expect(await isOn()).toBe(false)
    await toggle.click()
    await eventually(isOn).toBe(true)
    // On Wayland the desktop asks the user, and nothing says what the answer was.
    if (onWayland) return
    await panel.click('Open Tokentray')
    await keyboard.pressFunctionKey(KEY)
    await seeScreen(page, 'Accounts')
    await page.keyboard.press('Escape')
    await eventually(() => app.isShown()).toBe(false)
    await keyboard.pressFunctionKey(KEY)
    await eventually(() => app.isShown()).toBe(true)
    await panel.click('Quit Tokentray')
    await app.exited

    const again = await scene.open()
    await seeScreen(again.page, 'Accounts')
    await goTo(again.page, 'Activity')
    await keyboard.pressFunctionKey(KEY)
    await seeScreen(again.page, 'Accounts')
  })

  it('leaves the keys to other programs while it is off', async () => {
    if (onWayland) return
    const { keyboard } = scene.desktop
    const { toggle, isOn } = await openSettings()
    await toggle.click()
    await eventually(isOn).toBe(true)
    expect(await keyboard.takeFunctionKey(KEY)).toBe(false)
    await toggle.click()
    await eventually(isOn).toBe(false)
    expect(await keyboard.takeFunctionKey(KEY)).toBe(true)
  })

  it('stays off, and says why, if another program has the keys', async () => {
    if (onWayland) return
    const { keyboard } = scene.desktop
    expect(await keyboard.takeFunctionKey(KEY)).toBe(true)
    const { page, toggle, isOn } = await openSettings()
    await toggle.click()
    await see(page, /another program has Ctrl\+Shift\+F11/)
    expect(await isOn()).toBe(false)
  })
})
