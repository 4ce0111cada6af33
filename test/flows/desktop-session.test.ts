import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, press, rowOf, see } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'

const ACCOUNT = 'giantswarm/demo'
const MANY = 1_000

describeWith(components, 'the tray app when it exits', () => {
  const scene = useScene()
  const alive = () => scene.services.giantswarm.aliveTokens()
  const titles = async () => (await scene.desktop.panel.notifications()).map(({ title }) => title)

  const openWithToken = async (env: Readonly<Record<string, string>> = {}) => {
    const opened = await scene.open(env)
    await addAccount(opened.page, scene.form('giantswarm'))
    await press(opened.page, `Copy the token of ${ACCOUNT}`)
    await eventually(() => scene.desktop.clipboard.read()).not.toBeNull()
    return opened
  }

  it('removes its discovery files when the session is lost, and revokes the remaining tokens on the next start', async () => {
    const { desktop } = scene
    const { app } = await openWithToken()
    const key = path.join(desktop.installation.env['XDG_RUNTIME_DIR'] ?? '', 'tokentray/owner.key')
    expect(existsSync(key)).toBe(true)
    scene.services.giantswarm.faults.next(MANY, { kind: 'hang' })
    await app.losesSession()
    // The app does not wait for the revocation.
    await app.exited
    expect(alive()).not.toEqual([])
    expect(existsSync(key)).toBe(false)

    scene.services.giantswarm.faults.clear()
    const { page } = await scene.open()
    await rowOf(page, ACCOUNT).waitFor()
    await eventually(() => alive()).toEqual([])
  })

  it('waits until its notification about remaining tokens is shown', async () => {
    const { app } = await openWithToken({ STANDIN_NOTIFICATIONS: 'late' })
    scene.services.giantswarm.faults.next(MANY, { kind: 'status', status: 503 })
    await scene.desktop.panel.click('Quit Tokentray')
    expect(await app.exited).toBe(0)
    expect(await titles()).toContainEqual(expect.stringMatching(/could not be revoked yet$/))
  })

  it('shows in its window what the system does not show as a notification', async () => {
    const { app, page } = await openWithToken({ STANDIN_NOTIFICATIONS: 'failed' })
    const { panel } = scene.desktop
    await app.pressesInDialogs(1)
    await panel.click(ACCOUNT, 'Log out')
    await see(page, /Notification not shown at .*: Logged out/)
    expect((await panel.tray())?.toolTip).toBe('Tokentray: open it to read a message')
    await page.getByRole('main').getByRole('button', { name: 'Dismiss' }).click()
    await eventually(() => page.getByText(/Notification not shown/).count()).toBe(0)
    expect(await titles()).toEqual([])
  })
})
