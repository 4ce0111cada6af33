import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, answer, goTo, press, see } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'

const ACCOUNT = 'giantswarm/demo'
const MANY = 1_000

describeWith(components, 'leases in the tray app', () => {
  const scene = useScene()

  const openWithLease = async () => {
    const opened = await scene.open()
    await addAccount(opened.page, scene.form('giantswarm'))
    const token = (await scene.desktop.installation.mustDo(['token', ACCOUNT])).trim()
    expect(scene.services.giantswarm.aliveTokens()).toContain(token)
    return { ...opened, token }
  }
  const alive = () => scene.services.giantswarm.aliveTokens()

  it('are shown when the command line holds them, and can be revoked at the service', async () => {
    const { page, token } = await openWithLease()
    await goTo(page, 'Tokens')
    await press(page, `Revoke your token for ${ACCOUNT}`)
    await see(page, `Revoked your token for ${ACCOUNT}.`)
    await see(page, 'No active tokens')
    expect(alive()).not.toContain(token)
    await goTo(page, 'Activity')
    await see(page, 'Active token closed')
    // A new event appears while the page is shown.
    await scene.desktop.installation.mustDo(['token', ACCOUNT])
    await see(page, 'you, on the command line')
    const shown = await scene.desktop.installation.mustDo(['activity', '--search', 'closed active'])
    expect(shown).toContain('Active token closed  you')
  })

  it('are exported with the activity, as the command line exports it, without a secret', async () => {
    const { app, page, token } = await openWithLease()
    await goTo(page, 'Activity')
    await page.getByLabel('Search activity').fill('handed out')
    const [saved, printed] = ['saved', 'printed'].map((name) =>
      path.join(scene.desktop.config, `${name}.csv`),
    ) as [string, string]
    await app.choosesFiles([saved])
    await press(page, 'Export…')
    await see(page, 'Exported 1 line.')
    expect(statSync(saved).mode & 0o777).toBe(0o600)
    const { installation } = scene.desktop
    const filter = ['--search', 'handed out', '--export', printed]
    expect(await installation.mustDo(['activity', ...filter])).toContain('Exported: 1 line to')
    const text = readFileSync(saved, 'utf8')
    expect(text).toContain('you, on the command line')
    expect(readFileSync(printed, 'utf8')).toBe(text)
    for (const secret of [token, ...Object.values(scene.form('giantswarm').secrets)]) {
      expect(text).not.toContain(secret)
    }

    await app.choosesFiles([path.join(scene.desktop.config, 'no-such-folder', 'a.csv')])
    await press(page, 'Export…')
    await see(page, 'That folder does not exist. Choose another one.')
  })

  it('are all revoked after a confirmation', async () => {
    const { page } = await openWithLease()
    await press(page, `Copy the token of ${ACCOUNT}`)
    await see(page, /Clears in/)
    await goTo(page, 'Tokens')
    await press(page, 'Revoke all')
    await answer(page, 'Revoke all')
    await see(page, 'No active tokens')
    await eventually(alive).toEqual([])
  })

  it('are revoked one by one in the native menu', async () => {
    const { app, token } = await openWithLease()
    const { panel } = scene.desktop
    await eventually(async () => (await panel.tray())?.toolTip).toBe('Tokentray: 1 active token')
    await app.pressesInDialogs(1)
    await panel.click('1 active token', `Revoke your token: ${ACCOUNT}`)
    await eventually(alive).not.toContain(token)
    await eventually(async () => (await panel.tray())?.toolTip).toBe('Tokentray: no active tokens')
  })

  it('are revoked at the service when the app quits', async () => {
    const { app } = await openWithLease()
    await scene.desktop.panel.click('Quit Tokentray')
    expect(await app.exited).toBe(0)
    expect(alive()).toEqual([])
  })

  it('that could not be revoked on quit are revoked on the next start, and reported', async () => {
    const { app, token } = await openWithLease()
    const { panel } = scene.desktop
    scene.services.giantswarm.faults.next(MANY, { kind: 'status', status: 503 })
    await panel.click('Quit Tokentray')
    expect(await app.exited).toBe(0)
    const [told] = await panel.notifications()
    expect(told?.title).toMatch(/could not be revoked yet/)
    expect(told?.body).toBe('It never expires. The next start tries again.')
    expect(alive()).toContain(token)

    scene.services.giantswarm.faults.clear()
    await scene.open()
    await eventually(alive).not.toContain(token)
  })
})
