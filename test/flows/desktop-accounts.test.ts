import { expect, it } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import { addAccount, goTo, press, rowOf, see, seeScreen } from '../helpers/desktop-steps.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'

const PROVIDERS = ['sftpgo', 'giantswarm', 'glowmarkt', 'koyeb', 'svix']

describeWith(components, 'accounts in the tray app', () => {
  const scene = useScene()

  it('are added by typing, one for each service, and are still listed after a restart', async () => {
    const { desktop, services } = scene
    const first = await scene.open()
    for (const provider of PROVIDERS) await addAccount(first.page, scene.form(provider))
    const accounts = PROVIDERS.map((provider) => `${provider}/demo`)
    const listed = await desktop.installation.mustDo(['accounts'])
    for (const account of accounts) expect(listed).toContain(account)
    const menu = (await desktop.panel.tray())?.lines.map(({ label }) => label) ?? []
    expect(menu.filter((label) => accounts.includes(label))).toHaveLength(4)
    expect(menu).toContain('All accounts…')
    await goTo(first.page, 'Activity')
    await see(first.page, 'Logged in')
    await desktop.panel.click('Quit Tokentray')
    expect(await first.app.exited).toBe(0)

    const { page } = await scene.open()
    for (const account of accounts) await rowOf(page, account).waitFor()
    const logins = services.giantswarm.counts.logins
    await press(page, 'Copy the token of giantswarm/demo')
    await see(page, 'Token of giantswarm/demo')
    expect(services.giantswarm.counts.logins).toBeGreaterThan(logins)
  })

  it('are logged out after a confirmation, and in again with the password alone', async () => {
    const { services } = scene
    const { page } = await scene.open()
    const account = await addAccount(page, scene.form('sftpgo'))
    await press(page, `More for ${account}`)
    await page.getByRole('menuitem', { name: 'Log out…' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
    expect(services.sftpgo.aliveTokens()).toHaveLength(1)
    await press(page, `More for ${account}`)
    await page.getByRole('menuitem', { name: 'Log out…' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Log out' }).click()
    await see(page, `Logged out of ${account}.`)
    expect(services.sftpgo.aliveTokens()).toEqual([])

    await press(page, `Log in to ${account}`)
    await seeScreen(page, `Log in to ${account}`)
    const { password = '' } = scene.form('sftpgo').secrets
    await page.getByLabel('Password', { exact: true }).pressSequentially(password)
    await page.keyboard.press('Enter')
    await see(page, `Logged in to ${account}.`)
    expect(services.sftpgo.aliveTokens()).toHaveLength(1)
  })
})
