import { expect, it } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, press, rowOf } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { isRunning, processesBelow } from '../helpers/process-list.ts'
import { eventually } from '../helpers/waiting.ts'

const PATIENCE_MS = 40_000

describeWith(components, 'the tray app, with its keychain in a process of its own', () => {
  const scene = useScene()
  const toolTip = async () => (await scene.desktop.panel.tray())?.toolTip

  it('keeps working after the Secret Service was restarted', async () => {
    const { desktop } = scene
    const { page } = await scene.open()
    await addAccount(page, scene.form('giantswarm'))
    await desktop.ring.restart()
    await addAccount(page, scene.form('sftpgo'))
    await desktop.ring.restart()
    await press(page, 'Lock')
    await press(page, 'Unlock')
    await rowOf(page, 'giantswarm/demo').waitFor()
    await press(page, 'Copy the token of giantswarm/demo')
    await eventually(() => desktop.clipboard.read()).not.toBeNull()
  })

  it('shows on the icon that the key ring was locked or unlocked, without using it', async () => {
    const { desktop } = scene
    const { page } = await scene.open()
    await addAccount(page, scene.form('giantswarm'))
    const before = 'Tokentray: no active tokens'
    // The login's own token is revoked right away, but not synchronously.
    await eventually(toolTip).toBe(before)
    desktop.ring.lock()
    await eventually(toolTip, PATIENCE_MS).toBe('Tokentray: the keychain cannot be used')
    await page
      .getByRole('alert')
      .filter({ hasText: /keychain is locked/ })
      .waitFor()
    await desktop.ring.unlock()
    await eventually(toolTip, PATIENCE_MS).toBe(before)
  })

  it('leaves no keychain process when it is killed', async () => {
    const { app, page } = await scene.open()
    await addAccount(page, scene.form('giantswarm'))
    const keychains = processesBelow(app.pid).filter(({ command }) =>
      /keychain-process|Tokentray keychain/.test(command),
    )
    expect(keychains).toHaveLength(1)
    const pid = keychains[0]?.pid ?? 0
    expect(isRunning(pid)).toBe(true)
    await app.kill()
    await eventually(() => isRunning(pid)).toBe(false)
  })

  it('can be quit while the Secret Service hangs', async () => {
    const { desktop } = scene
    desktop.ring.stop()
    const app = await desktop.start()
    const labels = async () => (await desktop.panel.tray())?.lines.map(({ label }) => label)
    await eventually(labels).toContain('Quit Tokentray')
    await desktop.panel.click('Quit Tokentray')
    expect(await app.exited).toBe(0)
    desktop.ring.cont()
  })
})
