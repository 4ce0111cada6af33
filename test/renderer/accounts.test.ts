import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { account, empty, full, NOW } from './fixture-bridge/snapshots.ts'
import { callsOf, lastCall, push, release, withPage } from './with-page.ts'

describeWith([chromium], 'the accounts', () => {
  const built = withPage()
  const choose = async (page: Page, id: string, item: string) => {
    await page.getByRole('button', { name: `More for ${id}` }).click()
    await page.getByRole('menuitem', { name: item, exact: true }).click()
  }
  const confirm = (page: Page, deed: string) =>
    page.getByRole('alertdialog').getByRole('button', { name: deed, exact: true }).click()
  const says = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor()

  it('asks the bridge for nothing but a snapshot', async () => {
    const page = await built.open({ snapshot: full })
    expect(await page.evaluate(() => window.fixture.calls)).toEqual([
      { name: 'snapshot', args: [] },
    ])
  })

  it('draws each snapshot that is pushed, and no older one', async () => {
    const page = await built.open({ snapshot: { ...full, revision: 5 } })
    await push(page, empty, 4)
    expect(await page.getByRole('button', { name: 'sftpgo/home', exact: true }).count()).toBe(1)
    await push(page, empty, 6)
    await page.getByRole('heading', { name: 'Welcome to Tokentray' }).waitFor()
  })

  it('shows how far a reset and a long revocation have come, until they are over', async () => {
    const at = (status: object, revision: number) =>
      ({ ...full, status: { ...full.status, ...status }, revision }) as typeof full
    const page = await built.open({ snapshot: at({ resetting: { done: 3, total: 200 } }, 1) })
    await says(page, 'Resetting: 3 of 200 accounts done.')
    await push(page, at({ revoking: { done: 7, total: 40 } }, 2), 2)
    await says(page, 'Revoking tokens: 7 of 40 done.')
    expect(await page.getByText('Resetting:').count()).toBe(0)
    await push(page, full, 3)
    await page.getByText('Revoking tokens').waitFor({ state: 'detached' })
  })

  it('says of an account what is being done to it, until that is over', async () => {
    const [one, ...others] = full.accounts
    if (!one) throw new Error('There is no account.')
    const during = (underWay: 'logout' | 'removal' | 'rotation', revision: number) => ({
      ...full,
      ...{ accounts: [{ ...one, state: 'signed_in' as const, underWay }, ...others], revision },
    })
    const page = await built.open({ snapshot: during('removal', 1) })
    await says(page, 'Being removed')
    await push(page, during('logout', 2), 2)
    await says(page, 'Being logged out')
    await push(page, during('rotation', 3), 3)
    await says(page, 'Logged in, tokens being replaced')
    await push(page, full, 4)
    await page.getByText('tokens being replaced').waitFor({ state: 'detached' })
  })

  it('copies a token with one press', async () => {
    const page = await built.open({ snapshot: full })
    await page.getByRole('button', { name: 'Copy the token of koyeb/work' }).click()
    expect(await callsOf(page)).toEqual([{ name: 'copy', args: ['koyeb/work', 'token'] }])
  })

  it.each([
    ['Copy token', 'token'],
    ['Copy as header', 'header'],
    ['Copy as curl', 'curl'],
  ])('offers in the menu: %s', async (item, form) => {
    const page = await built.open({ snapshot: full })
    await choose(page, 'svix/first', item)
    expect(await lastCall(page, 'copy')).toEqual(['svix/first', form])
  })

  it('does not press twice while a call is under way', async () => {
    const page = await built.open({ snapshot: full, answers: { copy: ['hold'] } })
    const button = page.getByRole('button', { name: 'Copy the token of koyeb/work' })
    await button.click()
    await page.locator('[aria-busy=true]').waitFor()
    await button.click({ force: true })
    expect(await callsOf(page)).toHaveLength(1)
    await release(page, 'copy', { value: { clearsAt: NOW } })
    await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
    await button.click()
    expect(await callsOf(page)).toHaveLength(2)
  })

  it('shows what is in the clipboard, and clears it when told to', async () => {
    const copied = { account: 'koyeb/work', form: 'curl', clearsAt: NOW + 20_000 } as const
    const page = await built.open({ snapshot: { ...full, copied } })
    const clipboard = page.getByRole('region', { name: 'Clipboard' })
    await clipboard.getByText('curl line of koyeb/work', { exact: true }).waitFor()
    await clipboard.getByText('Clears in 20 s').waitFor()
    await clipboard.getByRole('button', { name: 'Clear now' }).click()
    expect(await lastCall(page, 'clearClipboard')).toEqual([])
    await says(page, 'The clipboard was cleared.')
  })

  it('offers of each account only what it can do', async () => {
    const page = await built.open({ snapshot: full })
    const itemsOf = async (id: string) => {
      await page.getByRole('button', { name: `More for ${id}` }).click()
      const items = await page.getByRole('menuitem').allTextContents()
      await page.keyboard.press('Escape')
      return items
    }
    const end = ['Settings of the account', 'Log in again…', 'Log out…', 'Remove…']
    const copy = ['Copy token', 'Copy as header', 'Copy as curl']
    expect(await itemsOf('sftpgo/home')).toEqual([...copy, 'Rotate tokens…', 'End leases…', ...end])
    expect(await itemsOf('glowmarkt/flat')).toEqual([...copy, 'Tokens…', 'Rotate tokens…', ...end])
    expect(await itemsOf('giantswarm/old')).toEqual([
      'Settings of the account',
      'Log in…',
      'Remove…',
    ])
    expect(await callsOf(page)).toEqual([])
  })

  describe('what cannot be taken back', () => {
    it.each([
      ['Log out…', 'Log out', 'logout', ['sftpgo/home'], 'Logged out: sftpgo/home.'],
      ['Remove…', 'Remove', 'removeAccount', ['sftpgo/home'], 'Removed: sftpgo/home.'],
      ['Rotate tokens…', 'Rotate', 'rotate', ['sftpgo/home'], 'New tokens: sftpgo/home.'],
      ['End leases…', 'End leases', 'endAccount', ['sftpgo/home'], 'No lease was open.'],
    ])('is asked first: %s', async (item, deed, call, args, said) => {
      const answers = { [call]: [{ value: { ended: [] } }] }
      const page = await built.open({ snapshot: full, answers })
      await choose(page, 'sftpgo/home', item)
      await confirm(page, 'Cancel')
      expect(await callsOf(page)).toEqual([])
      await choose(page, 'sftpgo/home', item)
      await confirm(page, deed)
      expect(await lastCall(page, call)).toEqual(args)
      await says(page, said)
    })

    it('lets nobody reach what stands behind the question, until that is answered', async () => {
      const page = await built.open({ snapshot: full })
      /** False where the browser gives the page no focus, no click and no search. */
      const isReachable = () =>
        page.evaluate(() => document.querySelector('#root button')?.closest('[inert]') === null)
      expect(await isReachable()).toBe(true)
      await choose(page, 'sftpgo/home', 'Log out…')
      await page.getByRole('alertdialog').waitFor()
      expect(await isReachable()).toBe(false)
      await confirm(page, 'Cancel')
      expect(await isReachable()).toBe(true)
    })

    it('is done to the account that was asked about, also where another one has its name', async () => {
      const answers = { logout: [{ value: { ended: [] } }] }
      const page = await built.open({ snapshot: full, answers })
      await choose(page, 'sftpgo/home', 'Log out…')
      const accounts = full.accounts.map((each) =>
        each.id === 'sftpgo/home' ? { ...each, uid: 'another', label: 'somebody else' } : each,
      )
      await push(page, { ...full, accounts })
      await page.getByText('somebody else').waitFor()
      await confirm(page, 'Log out')
      expect(await lastCall(page, 'logout')).toEqual(['sftpgo/home'])
      await says(page, 'Logged out: sftpgo/home.')
      await choose(page, 'sftpgo/home', 'Log out…')
      await confirm(page, 'Log out')
      await expect.poll(() => lastCall(page, 'logout')).toEqual(['another'])
    })

    it('stays open when the answer to another one, that was cancelled meanwhile, comes late', async () => {
      const page = await built.open({ snapshot: full, answers: { logout: ['hold'] } })
      await choose(page, 'sftpgo/home', 'Log out…')
      await confirm(page, 'Log out')
      await lastCall(page, 'logout')
      await confirm(page, 'Cancel')
      await choose(page, 'svix/first', 'Remove…')
      await release(page, 'logout', { value: { ended: [] } })
      await page.getByText('Logged out: sftpgo/home.').waitFor()
      await page.getByRole('alertdialog', { name: 'Remove svix/first?' }).waitFor()
    })

    it('ends all tokens only once their account was typed', async () => {
      const answers = { revokeAll: [{ value: { ended: [] } }] }
      const page = await built.open({ snapshot: full, answers })
      await choose(page, 'svix/first', 'End all tokens…')
      const hits = 'This ends every portal session of app_1, including those of customers.'
      await says(page, hits)
      await confirm(page, 'Go on')
      await page.getByLabel('Type svix/first to go on').fill('svix/firs')
      await page.keyboard.press('Enter')
      await page
        .getByRole('button', { name: 'End all tokens', disabled: true })
        .click({ force: true })
      expect(await callsOf(page)).toEqual([])
      await page.getByLabel('Type svix/first to go on').fill('svix/first')
      await confirm(page, 'End all tokens')
      expect(await lastCall(page, 'revokeAll')).toEqual(['svix/first', 'svix/first'])
    })
  })

  describe('failures', () => {
    const refused = (code: string, message: string, hint: string) => ({
      copy: [{ failure: { code, message, hint, account: 'koyeb/work' } }],
    })

    it('are read out with their next step, and go when dismissed', async () => {
      const answers = refused('rate_limited', 'app.koyeb.com wants fewer calls.', 'Wait 40 s.')
      const page = await built.open({
        snapshot: full,
        answers,
        clicks: ['Copy the token of koyeb/work'],
      })
      const alert = page.getByRole('alert')
      expect(await alert.locator('p').allTextContents()).toEqual([
        'app.koyeb.com wants fewer calls.',
        'Wait 40 s.',
      ])
      await alert.getByRole('button', { name: 'Dismiss' }).click()
      expect(await alert.count()).toBe(0)
    })

    it('offer to log in where that is what is next', async () => {
      const hint = 'Log in again.'
      const answers = refused('login_required', 'koyeb/work must be logged in again.', hint)
      const page = await built.open({
        snapshot: full,
        answers,
        clicks: ['Copy the token of koyeb/work'],
      })
      const alert = page.getByRole('alert')
      await alert.getByText(hint).waitFor()
      await alert.getByRole('button', { name: 'Log in' }).click()
      await page.getByRole('heading', { name: 'Log in to koyeb/work' }).waitFor()
    })

    it('are never shown for what the person cancelled', async () => {
      const page = await built.open({
        snapshot: full,
        answers: refused('cancelled', 'Cancelled.', 'Start again when ready.'),
        clicks: ['Copy the token of koyeb/work'],
      })
      expect(await page.getByText('Cancelled.').count()).toBe(0)
    })

    it('that are none of ours show no more than that', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { copy: [{ failure: { stack: 'at secret' } as never }] },
        clicks: ['Copy the token of koyeb/work'],
      })
      expect(await page.getByRole('alert').textContent()).toBe(
        'Internal error.See tokentray.log in its data folder, and report it.',
      )
    })
  })

  describe('one account', () => {
    it('changes kind and length of its leases at once', async () => {
      const page = await built.open({ snapshot: full, clicks: ['sftpgo/home'] })
      await page.getByLabel('Kind of lease').selectOption('dedicated')
      expect(await lastCall(page, 'changeAccount')).toEqual([
        'sftpgo/home',
        { leaseKind: 'dedicated' },
      ])
      await page.getByLabel('Length of a lease').selectOption('1 hour')
      expect((await callsOf(page)).at(-1)?.args).toEqual(['sftpgo/home', { leaseSeconds: 3600 }])
    })

    it('offers no kind where there is only one', async () => {
      const page = await built.open({ snapshot: full, clicks: ['koyeb/work'] })
      await page.getByLabel('Length of a lease').waitFor()
      expect(await page.getByLabel('Kind of lease').count()).toBe(0)
    })

    it('is renamed, and stays on its screen', async () => {
      const answers = { changeAccount: [{ value: { account: 'sftpgo/house' } }] }
      const page = await built.open({ snapshot: full, answers, clicks: ['sftpgo/home'] })
      await page.getByLabel('Name').fill('No Name')
      await page.getByRole('button', { name: 'Rename' }).click()
      await page.getByText('Names have 1 to 64').waitFor()
      expect(await callsOf(page)).toEqual([])
      await page.getByLabel('Name').fill('house')
      await page.getByRole('button', { name: 'Rename' }).click()
      expect(await lastCall(page, 'changeAccount')).toEqual(['sftpgo/home', { name: 'house' }])
      await push(page, { ...full, accounts: [account('sftpgo/house')] })
      await page.getByRole('heading', { name: 'sftpgo/house' }).waitFor()
    })

    it('says which name is taken at the field', async () => {
      const failure = { code: 'already_exists', message: 'There is one.', hint: 'Choose another.' }
      const answers = { changeAccount: [{ failure }] }
      const page = await built.open({ snapshot: full, answers, clicks: ['sftpgo/home'] })
      await page.getByLabel('Name').fill('admin')
      await page.getByRole('button', { name: 'Rename' }).click()
      await page.getByText('There is one. Choose another.').waitFor()
      expect(await page.getByLabel('Name').getAttribute('aria-invalid')).toBe('true')
    })

    it('that is gone gives way to the list', async () => {
      const page = await built.open({ snapshot: full, clicks: ['koyeb/work'] })
      await page.getByRole('heading', { name: 'koyeb/work' }).waitFor()
      await push(page, { ...full, accounts: full.accounts.slice(0, 1) })
      await page.getByRole('heading', { name: 'Accounts' }).waitFor()
    })
  })
})
