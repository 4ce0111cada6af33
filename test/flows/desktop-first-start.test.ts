import { expect, it } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import { goTo, press, see, seeScreen } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'

describeWith(components, 'the tray app on its first start', () => {
  const scene = useScene()

  it('says what to do first, in the popover and in the menu', async () => {
    const { desktop } = scene
    const { app, page } = await scene.open()
    await seeScreen(page, 'Welcome to Tokentray')
    await see(page, 'Add an account')
    expect(await app.isShown()).toBe(true)
    const { tray } = desktop.panel
    await eventually(async () => (await tray())?.toolTip).toBe('Tokentray: no active tokens')
    expect((await tray())?.lines.map(({ label }) => label)).toContain('Add account…')

    await press(page, 'Add account')
    await seeScreen(page, 'Add account')
    for (const title of ['SFTPGo', 'Giant Swarm', 'Glowmarkt', 'Koyeb', 'Svix']) {
      await page.getByRole('button', { name: title, exact: true }).waitFor()
    }
    await press(page, 'Back')
    for (const [tab, title] of [
      ['Tokens', 'Active tokens'],
      ['Tools', 'Tools'],
      ['Activity', 'Activity'],
      ['Settings', 'Settings'],
    ] as const) {
      await goTo(page, tab)
      await seeScreen(page, title)
    }
  })

  it('hides on Escape, and is shown again by the menu and by a second start', async () => {
    const { desktop } = scene
    const { app, page } = await scene.open()
    await seeScreen(page, 'Welcome to Tokentray')
    await page.keyboard.press('Escape')
    await eventually(() => app.isShown()).toBe(false)
    await desktop.panel.click('Open Tokentray')
    await eventually(() => app.isShown()).toBe(true)

    await page.keyboard.press('Escape')
    await eventually(() => app.isShown()).toBe(false)
    const second = await desktop.start()
    expect(await second.exited).toBe(0)
    await eventually(() => app.isShown()).toBe(true)
  })

  it('quits from the menu, leaving no process and no discovery file', async () => {
    const { desktop } = scene
    const { app, page } = await scene.open()
    await seeScreen(page, 'Welcome to Tokentray')
    await desktop.panel.click('Quit Tokentray')
    expect(await app.exited).toBe(0)
    expect(await desktop.panel.tray()).toBeNull()
    const status = await desktop.installation.cli(['status'])
    expect(status.stderr).toMatch(/not running/i)
  })
})
