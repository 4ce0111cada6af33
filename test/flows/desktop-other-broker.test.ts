import { expect, it } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, press, seeScreen } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'

const BLOCKED = 'Another Tokentray is running'

describeWith(components, 'the tray app while an agent is running', () => {
  const scene = useScene()

  it('says that the agent holds the accounts, stops it on request, and takes over', async () => {
    const agent = scene.desktop.installation.serve()
    try {
      await agent.issuer()
      const { page } = await scene.open()
      await seeScreen(page, BLOCKED)
      const toolTip = async () => (await scene.desktop.panel.tray())?.toolTip
      await eventually(toolTip).toBe('Tokentray: another Tokentray is running')
      await press(page, 'Stop the agent and continue here')
      expect(await agent.exited).toBe(0)
      await seeScreen(page, 'Welcome to Tokentray')
      await addAccount(page, scene.form('sftpgo'))
    } finally {
      await agent.kill()
    }
  })

  it('takes over by itself once the agent has exited', async () => {
    const agent = scene.desktop.installation.serve()
    try {
      await agent.issuer()
      const { app, page } = await scene.open()
      await seeScreen(page, BLOCKED)
      expect(await agent.stop()).toBe(0)
      await seeScreen(page, 'Welcome to Tokentray')
      await scene.desktop.panel.click('Quit Tokentray')
      expect(await app.exited).toBe(0)
    } finally {
      await agent.kill()
    }
  })
})
