import { expect, it } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import { press, see, seeScreen } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'

/** Longer than the app waits for a panel. */
const PATIENCE_MS = 40_000

describeWith(components, 'the tray app without a panel that shows its icon', () => {
  const scene = useScene()
  const lines = async () => (await scene.desktop.panel.tray())?.lines.map(({ label }) => label)

  it('has an icon as soon as a panel starts, even if that is after the app', async () => {
    const { panel } = scene.desktop
    await panel.leave()
    const { app, page } = await scene.open()
    await seeScreen(page, 'Welcome to Tokentray')
    expect(await panel.tray()).toBeNull()
    await panel.come()
    await eventually(lines).toEqual(expect.arrayContaining(['Open Tokentray']))
    await press(page, 'Lock')
    await eventually(async () => (await panel.tray())?.toolTip).toBe('Tokentray: locked')
    await panel.click('Quit Tokentray')
    expect(await app.exited).toBe(0)
  })

  it('has its icon again each time the panel was killed and restarted', async () => {
    const { panel } = scene.desktop
    const { app, page } = await scene.open()
    await seeScreen(page, 'Welcome to Tokentray')
    await eventually(lines).toEqual(expect.arrayContaining(['Open Tokentray']))
    for (let times = 0; times < 2; times += 1) {
      await panel.leave()
      await panel.come()
      await eventually(lines).toEqual(expect.arrayContaining(['Open Tokentray']))
    }
    await page.keyboard.press('Escape')
    await eventually(() => app.isShown()).toBe(false)
    await panel.click('Open Tokentray')
    await eventually(() => app.isShown()).toBe(true)
  })

  it('reports it in its window, which a second start opens, and says what closing the window does', async () => {
    const { desktop } = scene
    await desktop.panel.leave()
    const { app, page } = await scene.open()
    await page.getByText('This desktop does not show tray icons.').waitFor({ timeout: PATIENCE_MS })
    await page.keyboard.press('Escape')
    await eventually(() => app.isShown()).toBe(false)
    const said = async () => (await desktop.panel.notifications()).map(({ title }) => title)
    await eventually(said).toEqual(['Tokentray is still running'])
    const second = await desktop.start()
    expect(await second.exited).toBe(0)
    await eventually(() => app.isShown()).toBe(true)
    await desktop.panel.come()
    await eventually(() => page.getByText('This desktop does not show tray icons.').count()).toBe(0)
  })

  it('opens its window by itself if it was started at login and could not be opened otherwise', async () => {
    const { desktop } = scene
    await desktop.panel.leave()
    const { app, page } = await scene.open({}, ['--hidden'])
    await seeScreen(page, 'Welcome to Tokentray')
    await eventually(() => app.isShown(), PATIENCE_MS).toBe(true)
    await see(page, 'This desktop does not show tray icons.')
  })

  it('has no icon on request, and a window that opens even at login and that Escape does not hide', async () => {
    const { app, page } = await scene.open({}, ['--no-tray', '--hidden'])
    await seeScreen(page, 'Welcome to Tokentray')
    await eventually(() => app.isShown()).toBe(true)
    await page.keyboard.press('Escape')
    await press(page, 'Lock')
    await see(page, 'Locked')
    expect(await app.isShown()).toBe(true)
    expect(await scene.desktop.panel.tray()).toBeNull()
  })
})
