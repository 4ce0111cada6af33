import { afterEach, beforeEach, expect, it } from 'vitest'
import { useScene } from '../helpers/desktop-scene.ts'
import { chooseProvider, fillIn, inputOf, press, rowOf, see } from '../helpers/desktop-steps.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { desktop as components, describeWith } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'
import { type SftpgoSimulator, startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'

describeWith(components, 'logging in, in the tray app', () => {
  const scene = useScene()
  const password = markedSecret('totp')
  let guarded: SftpgoSimulator

  beforeEach(async () => {
    guarded = await startSftpgoSimulator({
      accounts: [{ username: 'carol', password, totpSecret: 'JBSWY3DPEHPK3PXP' }],
      onToken: registerSecret,
    })
  })

  afterEach(() => guarded.close())

  it('reports a wrong password, keeps the other fields, and accepts the right one', async () => {
    const { page } = await scene.open()
    const { values, secrets } = scene.form('giantswarm')
    await chooseProvider(page, 'giantswarm')
    await fillIn(page, 'giantswarm', { ...values, password: markedSecret('wrong') })
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    expect(await inputOf(page, 'Password').inputValue()).toBe('')
    expect(await inputOf(page, 'Email').inputValue()).toBe('demo@example.com')
    await eventually(() =>
      inputOf(page, 'Password').evaluate((input) => document.activeElement === input),
    ).toBe(true)

    await page.keyboard.type(secrets['password'] ?? '')
    await page.keyboard.press('Enter')
    await rowOf(page, 'giantswarm/demo').waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  it('shows what is wrong with a value next to its field', async () => {
    const { page } = await scene.open()
    await chooseProvider(page, 'giantswarm')
    await fillIn(page, 'giantswarm', { url: 'http://far.example', email: 'demo@example.com' })
    await press(page, 'Log in')
    const secret = inputOf(page, 'Password')
    await eventually(() => secret.getAttribute('aria-invalid')).toBe('true')
    await see(page, '"Password" is required.')
  })

  it('asks for a one-time code when the service requires one, and from the start the next time', async () => {
    const { page } = await scene.open()
    await chooseProvider(page, 'sftpgo')
    await fillIn(page, 'sftpgo', { url: guarded.url, username: 'carol', password })
    expect(await inputOf(page, 'One-time code').count()).toBe(0)
    await press(page, 'Log in')
    await inputOf(page, 'One-time code').waitFor()

    await fillIn(page, 'sftpgo', { password, code: guarded.codeFor('carol') })
    await press(page, 'Log in')
    await rowOf(page, 'sftpgo/carol').waitFor()
    expect(guarded.aliveTokens()).toHaveLength(1)
    await page.getByRole('button', { name: 'sftpgo/carol', exact: true }).click()
    await see(page, 'you must log in again')

    // Each code can be used once.
    guarded.clock.advance(60_000)
    await press(page, 'Back')
    await press(page, 'More for sftpgo/carol')
    await page.getByRole('menuitem', { name: 'Log in again…' }).click()
    expect(await inputOf(page, 'Password').count()).toBe(0)
    await fillIn(page, 'sftpgo', { code: guarded.codeFor('carol') })
    await press(page, 'Log in')
    await see(page, 'Logged in to sftpgo/carol.')
  })
})
