import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { full } from './fixture-bridge/snapshots.ts'
import { callsOf, lastCall, push, withPage } from './with-page.ts'

describeWith([chromium], 'the keyboard', () => {
  const built = withPage()
  const open = async (scene: Parameters<typeof built.open>[0]) => {
    const page = await built.open(scene)
    // A closing layer returns the focus a moment later.
    await page.clock.resume()
    return page
  }

  /** The accessible name of the focused element. */
  const focused = (page: Page) =>
    page.evaluate(() => {
      const element = document.activeElement
      const label = element?.id && document.querySelector(`label[for="${element.id}"]`)
      return element?.getAttribute('aria-label') ?? (label || element)?.textContent ?? ''
    })
  /** Presses Tab until that element has the focus; fails if it is never reached. */
  const tabTo = async (page: Page, name: string) => {
    for (let step = 0; step < 60; step += 1) {
      if ((await focused(page)) === name) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`Tab does not reach ${name}.`)
  }
  const focusIs = (page: Page, name: string) => expect.poll(() => focused(page)).toBe(name)

  it('adds an account', async () => {
    const page = await open({
      snapshot: full,
      answers: { addAccount: [{ value: { account: 'glowmarkt/flat' } }] },
    })
    await tabTo(page, 'Add account')
    await page.keyboard.press('Enter')
    await focusIs(page, 'SFTPGo')
    await tabTo(page, 'Glowmarkt')
    await page.keyboard.press('Enter')
    await focusIs(page, 'User name')
    await page.keyboard.type('bob')
    await tabTo(page, 'Password')
    await page.keyboard.type('secret')
    await page.keyboard.press('Enter')
    expect(await lastCall(page, 'addAccount')).toMatchObject([
      { provider: 'glowmarkt', values: { username: 'bob' }, secrets: { password: 'secret' } },
    ])
    await focusIs(page, 'glowmarkt/flat')
  })

  it('copies a token, also from the menu', async () => {
    const page = await open({ snapshot: full })
    await tabTo(page, 'Copy the token of koyeb/work')
    await page.keyboard.press('Space')
    expect(await lastCall(page, 'copy')).toEqual(['koyeb/work', 'token'])
    await tabTo(page, 'More for koyeb/work')
    await page.keyboard.press('Enter')
    await focusIs(page, 'Copy token')
    await page.keyboard.press('ArrowDown')
    await focusIs(page, 'Copy as header')
    await page.keyboard.press('Enter')
    await expect.poll(async () => (await callsOf(page)).length).toBe(2)
    expect(await lastCall(page, 'copy')).toEqual(['koyeb/work', 'header'])
    await focusIs(page, 'More for koyeb/work')
  })

  it('revokes tokens one after the other without losing the focus', async () => {
    const page = await open({
      snapshot: full,
      answers: { endLease: [{ value: { ended: [] } }] },
    })
    await tabTo(page, 'Tokens4')
    await page.keyboard.press('Enter')
    await tabTo(page, 'Revoke the token of backup for sftpgo/home')
    await page.keyboard.press('Enter')
    expect(await lastCall(page, 'endLease')).toEqual(['L1'])
    await push(page, { ...full, leases: full.leases.filter(({ id }) => id !== 'L1') })
    await focusIs(page, 'Revoke your token for sftpgo/home')
    await push(page, { ...full, leases: [] })
    await focusIs(page, 'Active tokens')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
  })

  it('keeps the focus while snapshots arrive', async () => {
    const page = await open({ snapshot: full })
    await tabTo(page, 'More for svix/first')
    for (const leases of [[], full.leases]) await push(page, { ...full, leases })
    expect(await focused(page)).toBe('More for svix/first')
  })

  it('returns from a question to the element that asked', async () => {
    const page = await open({ snapshot: full })
    await tabTo(page, 'More for svix/first')
    await page.keyboard.press('Enter')
    await focusIs(page, 'Copy token')
    await page.keyboard.press('End')
    await focusIs(page, 'Remove…')
    await page.keyboard.press('Enter')
    await focusIs(page, 'Cancel')
    await page.keyboard.press('Shift+Tab')
    expect(await focused(page)).toBe('Remove')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await focusIs(page, 'More for svix/first')
    expect(await callsOf(page)).toEqual([])
  })

  it('returns from a screen to the element that opened it', async () => {
    const page = await open({ snapshot: full })
    await tabTo(page, 'svix/first')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'svix/first' }).waitFor()
    await tabTo(page, 'Portal')
    await page.keyboard.press('Enter')
    await focusIs(page, 'Open in browser')
    await tabTo(page, 'Back')
    await page.keyboard.press('Enter')
    await focusIs(page, 'Portal')
    await tabTo(page, 'Back')
    await page.keyboard.press('Enter')
    await focusIs(page, 'svix/first')
  })

  it('closes open overlays with Escape first, then the window', async () => {
    const page = await open({ snapshot: full })
    await tabTo(page, 'More for svix/first')
    await page.keyboard.press('Enter')
    await focusIs(page, 'Copy token')
    await page.keyboard.press('Escape')
    await focusIs(page, 'More for svix/first')
    await page.keyboard.press('Enter')
    await focusIs(page, 'Copy token')
    await page.keyboard.press('End')
    await focusIs(page, 'Remove…')
    await page.keyboard.press('Enter')
    await focusIs(page, 'Cancel')
    await page.keyboard.press('Escape')
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    expect(await callsOf(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(await callsOf(page)).toEqual([{ name: 'closePopover', args: [] }])
  })

  it('goes back with Escape before it hides the window, and loses nothing that is typed', async () => {
    const page = await open({ snapshot: full, clicks: ['Add account', 'SFTPGo'] })
    await page.getByLabel('User name').fill('alice')
    await page.keyboard.press('Escape')
    await focusIs(page, 'Add SFTPGo')
    expect(await page.getByLabel('User name').inputValue()).toBe('alice')
    await page.keyboard.press('Escape')
    await focusIs(page, 'SFTPGo')
    await page.keyboard.press('Escape')
    await focusIs(page, 'Add account')
    expect(await callsOf(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(await callsOf(page)).toEqual([{ name: 'closePopover', args: [] }])
  })

  it('selects all of a field, and nothing of the page', async () => {
    const page = await open({ snapshot: full, clicks: ['Settings'] })
    const selected = () => page.evaluate(() => String(window.getSelection()))
    await page.keyboard.press('Control+A')
    expect(await selected()).toBe('')
    await page.getByRole('button', { name: 'Activity' }).click()
    await page.getByLabel('Search activity').fill('night')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('day')
    expect(await page.getByLabel('Search activity').inputValue()).toBe('day')
  })

  it('starts on the accounts again after ten minutes out of sight', async () => {
    const page = await open({ snapshot: full, clicks: ['Settings'] })
    const see = (isHidden: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, isHidden)
    await see(true)
    await page.clock.runFor(9 * 60_000)
    await see(false)
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Settings')
    await see(true)
    await page.clock.runFor(10 * 60_000)
    await see(false)
    await page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor()
  })
})
