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
  const confirm = (page: Page, action: string) =>
    page.getByRole('alertdialog').getByRole('button', { name: action, exact: true }).click()
  const says = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor()

  it('only requests a snapshot from the bridge', async () => {
    const page = await built.open({ snapshot: full })
    expect(await page.evaluate(() => window.fixture.calls)).toEqual([
      { name: 'snapshot', args: [] },
    ])
  })

  it('draws each pushed snapshot, and ignores older ones', async () => {
    const page = await built.open({ snapshot: { ...full, revision: 5 } })
    await push(page, empty, 4)
    expect(await page.getByRole('button', { name: 'sftpgo/home', exact: true }).count()).toBe(1)
    await push(page, empty, 6)
    await page.getByRole('heading', { name: 'Welcome to Tokentray' }).waitFor()
  })

  it('shows the progress of a reset and of a long revocation', async () => {
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

  it('shows the operation in progress on an account until it is done', async () => {
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
    await says(page, 'Tokens being replaced')
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

  it('ignores a second press while a call is in progress', async () => {
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

  it('shows what is in the clipboard, and clears it on request', async () => {
    const copied = { account: 'koyeb/work', form: 'curl', clearsAt: NOW + 20_000 } as const
    const page = await built.open({ snapshot: { ...full, copied } })
    const clipboard = page.getByRole('region', { name: 'Clipboard' })
    await clipboard.getByText('curl command of koyeb/work', { exact: true }).waitFor()
    await clipboard.getByText('Clears in 20 s').waitFor()
    await clipboard.getByRole('button', { name: 'Clear now' }).click()
    expect(await lastCall(page, 'clearClipboard')).toEqual([])
    await says(page, 'The clipboard was cleared.')
  })

  it('offers only what each account supports', async () => {
    const page = await built.open({ snapshot: full })
    const itemsOf = async (id: string) => {
      await page.getByRole('button', { name: `More for ${id}` }).click()
      const items = await page.getByRole('menuitem').allTextContents()
      await page.keyboard.press('Escape')
      return items
    }
    const end = ['Pin', 'Account settings', 'Log in again…', 'Log out…', 'Remove…']
    const copy = ['Copy token', 'Copy as header', 'Copy as curl']
    expect(await itemsOf('sftpgo/home')).toEqual([
      ...copy,
      'Rotate tokens…',
      'Revoke active tokens…',
      ...end,
    ])
    expect(await itemsOf('glowmarkt/flat')).toEqual([
      ...copy,
      'All tokens…',
      'Rotate tokens…',
      ...end,
    ])
    expect(await itemsOf('giantswarm/old')).toEqual([
      'Pin',
      'Account settings',
      'Log in…',
      'Remove…',
    ])
    expect(await callsOf(page)).toEqual([])
  })

  describe('actions that cannot be undone', () => {
    it.each([
      ['Log out…', 'Log out', 'logout', ['sftpgo/home'], 'Logged out of sftpgo/home.'],
      ['Remove…', 'Remove', 'removeAccount', ['sftpgo/home'], 'Removed sftpgo/home.'],
      [
        ...(['Rotate tokens…', 'Rotate', 'runOperation'] as const),
        ['sftpgo/home', 'rotate'],
        'Rotated the tokens of sftpgo/home.',
      ],
      [
        'Revoke active tokens…',
        'Revoke',
        'endAccount',
        ['sftpgo/home'],
        'There were no active tokens.',
      ],
    ])('ask first: %s', async (item, action, call, args, said) => {
      const answers = { [call]: [{ value: { ended: [] } }] }
      const page = await built.open({ snapshot: full, answers })
      await choose(page, 'sftpgo/home', item)
      await confirm(page, 'Cancel')
      expect(await callsOf(page)).toEqual([])
      await choose(page, 'sftpgo/home', item)
      await confirm(page, action)
      expect(await lastCall(page, call)).toEqual(args)
      await says(page, said)
    })

    it('block everything behind the question until it is answered', async () => {
      const page = await built.open({ snapshot: full })
      /** False if the browser gives the page no focus, no clicks and no search. */
      const isReachable = () =>
        page.evaluate(() => document.querySelector('#root button')?.closest('[inert]') === null)
      expect(await isReachable()).toBe(true)
      await choose(page, 'sftpgo/home', 'Log out…')
      await page.getByRole('alertdialog').waitFor()
      expect(await isReachable()).toBe(false)
      await confirm(page, 'Cancel')
      expect(await isReachable()).toBe(true)
    })

    it('affect the account in the question, even if another one has its name by now', async () => {
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
      await says(page, 'Logged out of sftpgo/home.')
      await choose(page, 'sftpgo/home', 'Log out…')
      await confirm(page, 'Log out')
      await expect.poll(() => lastCall(page, 'logout')).toEqual(['another'])
    })

    it('keep a question open when a late answer to a cancelled one arrives', async () => {
      const page = await built.open({ snapshot: full, answers: { logout: ['hold'] } })
      await choose(page, 'sftpgo/home', 'Log out…')
      await confirm(page, 'Log out')
      await lastCall(page, 'logout')
      await confirm(page, 'Cancel')
      await choose(page, 'svix/first', 'Remove…')
      await release(page, 'logout', { value: { ended: [] } })
      await page.getByText('Logged out of sftpgo/home.').waitFor()
      await page.getByRole('alertdialog', { name: 'Remove svix/first?' }).waitFor()
    })

    it('revoke all tokens only after the account name was typed', async () => {
      const answers = { runOperation: [{ value: { ended: [] } }] }
      const page = await built.open({ snapshot: full, answers })
      await choose(page, 'svix/first', 'Revoke all tokens…')
      const hits = 'This revokes every portal session of app_1, including those of customers.'
      await says(page, hits)
      await confirm(page, 'Continue')
      await page.getByLabel('Type svix/first to continue').fill('svix/firs')
      await page.keyboard.press('Enter')
      await page
        .getByRole('button', { name: 'Revoke all tokens', disabled: true })
        .click({ force: true })
      expect(await callsOf(page)).toEqual([])
      await page.getByLabel('Type svix/first to continue').fill('svix/first')
      await confirm(page, 'Revoke all tokens')
      expect(await lastCall(page, 'runOperation')).toEqual([
        ...['svix/first', 'revoke_all', 'svix/first'],
      ])
    })
  })

  describe('failures', () => {
    const refused = (code: string, message: string, hint: string) => ({
      copy: [{ failure: { code, message, hint, account: 'koyeb/work' } }],
    })

    it('are announced with the next step, and disappear when dismissed', async () => {
      const answers = refused('rate_limited', 'app.koyeb.com is limiting requests.', 'Wait 40 s.')
      const page = await built.open({
        snapshot: full,
        answers,
        clicks: ['Copy the token of koyeb/work'],
      })
      const alert = page.getByRole('alert')
      expect(await alert.locator('p').allTextContents()).toEqual([
        'app.koyeb.com is limiting requests.',
        'Wait 40 s.',
      ])
      await alert.getByRole('button', { name: 'Dismiss' }).click()
      expect(await alert.count()).toBe(0)
    })

    it('offer a login if that is the next step', async () => {
      const hint = 'Tools get no tokens for this account until you log in.'
      const answers = refused('login_required', 'koyeb/work needs you to log in again.', hint)
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

    it('are not shown for what the user cancelled', async () => {
      const page = await built.open({
        snapshot: full,
        answers: refused('cancelled', 'Cancelled.', 'Start again when ready.'),
        clicks: ['Copy the token of koyeb/work'],
      })
      expect(await page.getByText('Cancelled.').count()).toBe(0)
    })

    it('of an unknown kind are shown as an internal error', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { copy: [{ failure: { stack: 'at secret' } as never }] },
        clicks: ['Copy the token of koyeb/work'],
      })
      expect(await page.getByRole('alert').textContent()).toBe(
        'Internal error.Please report what tokentray.log in the data folder says.',
      )
    })
  })

  describe('one account', () => {
    it('changes token sharing and lifetime immediately', async () => {
      const page = await built.open({ snapshot: full, clicks: ['sftpgo/home'] })
      await page.getByLabel('Token sharing').selectOption('dedicated')
      expect(await lastCall(page, 'changeAccount')).toEqual([
        'sftpgo/home',
        { leaseKind: 'dedicated' },
      ])
      await page.getByLabel('Token lifetime').selectOption('1 hour')
      expect((await callsOf(page)).at(-1)?.args).toEqual(['sftpgo/home', { leaseSeconds: 3600 }])
    })

    it('offers no token sharing if there is only one kind', async () => {
      const page = await built.open({ snapshot: full, clicks: ['koyeb/work'] })
      await page.getByLabel('Token lifetime').waitFor()
      expect(await page.getByLabel('Token sharing').count()).toBe(0)
    })

    it('is renamed, and stays on its screen', async () => {
      const answers = { changeAccount: [{ value: { account: 'sftpgo/house' } }] }
      const page = await built.open({ snapshot: full, answers, clicks: ['sftpgo/home'] })
      await page.getByLabel('Name', { exact: true }).fill('No Name')
      await page.getByRole('button', { name: 'Rename' }).click()
      await page.getByText('Names have 1 to 64').waitFor()
      expect(await callsOf(page)).toEqual([])
      await page.getByLabel('Name', { exact: true }).fill('house')
      await page.getByRole('button', { name: 'Rename' }).click()
      expect(await lastCall(page, 'changeAccount')).toEqual(['sftpgo/home', { name: 'house' }])
      await push(page, { ...full, accounts: [account('sftpgo/house')] })
      await page.getByRole('heading', { name: 'sftpgo/house' }).waitFor()
    })

    it('shows a taken name at the field', async () => {
      const failure = { code: 'already_exists', message: 'There is one.', hint: 'Choose another.' }
      const answers = { changeAccount: [{ failure }] }
      const page = await built.open({ snapshot: full, answers, clicks: ['sftpgo/home'] })
      await page.getByLabel('Name', { exact: true }).fill('admin')
      await page.getByRole('button', { name: 'Rename' }).click()
      await page.getByText('There is one. Choose another.').waitFor()
      expect(await page.getByLabel('Name', { exact: true }).getAttribute('aria-invalid')).toBe(
        'true',
      )
    })

    it('is replaced by the list when it is removed', async () => {
      const page = await built.open({ snapshot: full, clicks: ['koyeb/work'] })
      await page.getByRole('heading', { name: 'koyeb/work' }).waitFor()
      await push(page, { ...full, accounts: full.accounts.slice(0, 1) })
      await page.getByRole('heading', { name: 'Accounts' }).waitFor()
    })
  })
})
