import { describe, expect, it } from 'vitest'
import type { Snapshot } from '../../preload/snapshot.ts'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { scenes } from './fixture-bridge/scenes.ts'
import { account, full, NOW, tool } from './fixture-bridge/snapshots.ts'
import { callsOf, lastCall, push, withPage } from './with-page.ts'

/** The tool's id in all fixtures. */
const DEPLOY = tool('deploy').id
const fresh: Snapshot = {
  ...full,
  clients: full.clients.map((each) =>
    each.name === 'deploy' ? { ...each, hasFreshSecret: true } : each,
  ),
}
const many = scenes.find(({ name }) => name === 'tools-many')?.snapshot ?? full

describeWith([chromium], 'the tools', () => {
  const built = withPage()

  it('are listed with their accounts, their last use and their active tokens', async () => {
    const page = await built.open({ snapshot: full, clicks: ['Tools'] })
    const rows = page.getByRole('main').getByRole('listitem')
    const texts = await rows.allInnerTexts()
    expect(texts.map((text) => text.split(/\n|·/).map((each) => each.trim()))).toEqual([
      ['backup', 'sftpgo/home', 'Last used 3 min ago', '1 active token'],
      ['deploy', 'koyeb/work, svix/first', 'Not used yet', '1 active token'],
    ])
  })

  it('are searched by any words, in any order', async () => {
    const page = await built.open({
      snapshot: many,
      clicks: ['Tools'],
      typed: { 'Search tools': 'A7 tool' },
    })
    const names = page.getByRole('main').locator('.row-title')
    expect(await names.allTextContents()).toEqual(['tool-7'])
    await page.getByRole('status').filter({ hasText: '1 tool found' }).waitFor()
    await page.getByLabel('Search tools').fill('nothing')
    await page.getByText('No tool matches "nothing".').waitFor()
  })

  describe('connecting one', () => {
    const connecting = { snapshot: full, clicks: ['Tools', 'Connect a tool'] }
    const boxOf = (name: string) => ({ name: new RegExp(`^${name}`) })

    it('sends its name and accounts, and shows it once it is listed', async () => {
      const page = await built.open({
        ...connecting,
        answers: { connectTool: [{ value: { tool: 'ToolNew' } }] },
        typed: { Name: 'nightly' },
      })
      await page.getByRole('checkbox', boxOf('koyeb/work')).check()
      await page.getByText('sftpgo/home', { exact: true }).click()
      await page.getByLabel('Token lifetime').selectOption('5 minutes')
      await page.getByLabel('Name').press('Enter')
      expect(await lastCall(page, 'connectTool')).toEqual([
        'nightly',
        ['koyeb/work', 'sftpgo/home'],
        300,
      ])
      const added = { ...tool('nightly'), id: 'ToolNew', hasFreshSecret: true } as const
      await push(page, { ...full, clients: [...full.clients, added] })
      await page.getByRole('heading', { name: 'nightly', level: 1 }).waitFor()
      await page.getByRole('button', { name: 'Copy secret' }).waitFor()
      await page.getByRole('button', { name: 'Back' }).click()
      await page.getByRole('heading', { name: 'Tools' }).waitFor()
    })

    it('says what is missing, and sends nothing', async () => {
      const page = await built.open({
        ...connecting,
        clicks: [...connecting.clicks, 'Connect'],
        typed: {},
      })
      await page.getByText('That is not a valid tool name.').waitFor()
      await page.getByText('Choose at least one account.').waitFor()
      expect(await page.getByLabel('Name').getAttribute('aria-invalid')).toBe('true')
      expect(await callsOf(page)).toEqual([])
    })

    it('leads to the first error, however long the list of accounts is', async () => {
      const page = await built.open({
        snapshot: many,
        clicks: ['Tools', 'Connect a tool', 'Connect'],
      })
      const isInSight = (text: string) =>
        page.getByText(text).evaluate((element) => {
          const { left, top } = element.getBoundingClientRect()
          return element.contains(document.elementFromPoint(left + 2, top + 2))
        })
      await expect.poll(() => isInSight('That is not a valid tool name.')).toBe(true)
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('tool-name')
      await page.getByLabel('Name', { exact: true }).fill('nightly')
      await page.getByRole('button', { name: 'Connect', exact: true }).click()
      await expect.poll(() => isInSight('Choose at least one account.')).toBe(true)
    })

    it('says at the name that it is taken', async () => {
      const failure = {
        code: 'already_exists',
        message: 'A tool named x already exists.',
        hint: '',
      }
      const page = await built.open({
        ...connecting,
        answers: { connectTool: [{ failure }] },
        typed: { Name: 'x' },
      })
      await page.getByRole('checkbox', boxOf('koyeb/work')).check()
      await page.getByRole('button', { name: 'Connect', exact: true }).click()
      await page.locator('#tool-name-error').filter({ hasText: failure.message }).waitFor()
    })

    it('says nothing if the user declines natively, and keeps what was entered', async () => {
      const failure = { code: 'cancelled', message: 'Cancelled.', hint: '' }
      const page = await built.open({
        ...connecting,
        answers: { connectTool: [{ failure }] },
        typed: { Name: 'x' },
      })
      await page.getByRole('checkbox', boxOf('koyeb/work')).check()
      await page.getByRole('button', { name: 'Connect', exact: true }).click()
      await lastCall(page, 'connectTool')
      expect(await page.getByLabel('Name').inputValue()).toBe('x')
      expect(await page.getByRole('alert').count()).toBe(0)
    })

    it('ticks the only account, and searches many', async () => {
      const one = { ...full, accounts: [account('koyeb/work')], leases: [], clients: [] }
      const page = await built.open({ ...connecting, snapshot: one })
      expect(await page.getByRole('checkbox').isChecked()).toBe(true)
      const other = await built.open({ ...connecting, snapshot: many })
      await other.getByLabel('Search accounts').fill('user42')
      expect(await other.getByRole('checkbox').count()).toBe(1)
      await other.getByRole('checkbox').check()
      await other.getByLabel('Search accounts').fill('')
      expect(await other.getByRole('checkbox', { checked: true }).count()).toBe(1)
    })

    it('starts on the accounts as long as there is no tool', async () => {
      const page = await built.open({
        snapshot: { ...full, clients: [] },
        clicks: ['Connect a tool'],
      })
      await page.getByRole('heading', { name: 'Connect a tool' }).waitFor()
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('tool-name')
    })
  })

  describe('the new secret of one', () => {
    const opened = { snapshot: fresh, clicks: ['Tools', 'deploy'] }

    it('is copied by the main process, once', async () => {
      const page = await built.open({ ...opened, clicks: [...opened.clicks, 'Copy secret'] })
      expect(await lastCall(page, 'copyToolSecret')).toEqual([DEPLOY, 'secret'])
      await page.getByText('Secret of deploy copied.').waitFor()
      const copied = { tool: 'deploy', form: 'secret', clearsAt: NOW + 24_000 } as const
      await push(page, { ...full, copied })
      await page.getByText('Secret of deploy', { exact: true }).waitFor()
      expect(await page.getByRole('button', { name: /Copy|Save/ }).count()).toBe(0)
    })

    it('is copied in a command for a language', async () => {
      const page = await built.open(opened)
      await page.getByLabel('Language').selectOption('Python')
      await page.getByRole('button', { name: 'Copy command' }).click()
      expect(await lastCall(page, 'copyToolSecret')).toEqual([DEPLOY, 'python'])
      await page.getByText('Command for Python copied.').waitFor()
    })

    it('is saved by the main process, and the page gets the line that uses the file', async () => {
      const line = 'curl -K deploy.curl'
      const page = await built.open({
        ...opened,
        answers: { saveToolSecret: [{ value: { line } }] },
        clicks: [...opened.clicks, 'Save to file…'],
      })
      await push(page, full)
      await page.getByText(line).waitFor()
      expect(await lastCall(page, 'saveToolSecret')).toEqual([DEPLOY])
    })

    it('stays to be taken if the user cancels, and can be given up', async () => {
      const page = await built.open({ ...opened, clicks: [...opened.clicks, 'Save to file…'] })
      await page.getByRole('button', { name: 'Copy secret' }).waitFor()
      await page.getByRole('button', { name: 'I do not need it' }).click()
      expect(await lastCall(page, 'dropToolSecret')).toEqual([DEPLOY])
    })

    it('is made after a question that says what stops working', async () => {
      const page = await built.open({
        snapshot: full,
        clicks: ['Tools', 'deploy', 'New secret…', 'New secret'],
      })
      expect(await lastCall(page, 'newToolSecret')).toEqual([DEPLOY])
      await page.getByRole('alertdialog').waitFor({ state: 'detached' })
      await push(page, fresh)
      await page.getByRole('button', { name: 'Copy secret' }).waitFor()
    })
  })

  describe('one of them', () => {
    it('shows its ID, its use and its accounts', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Tools', 'backup'] })
      const facts = await page.locator('.facts').allInnerTexts()
      expect(facts.join('\n').split('\n')).toEqual([
        ...['ID', tool('backup').id, 'Use', 'Last used 3 min ago, connected 2 days ago'],
        'sftpgo/home',
      ])
    })

    it('gets other accounts, after a question about those that it loses', async () => {
      const ended = [{ client: 'deploy', account: 'koyeb/work', token: 't', atService: 'ended' }]
      const page = await built.open({
        snapshot: full,
        answers: { setToolAccounts: [{ value: { ended } }] },
        clicks: ['Tools', 'deploy', 'Change'],
      })
      await page.getByRole('checkbox', { name: /^sftpgo\/home/ }).check()
      await page.getByRole('checkbox', { name: /^koyeb\/work/ }).uncheck()
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByRole('alertdialog', { name: 'Take koyeb/work from deploy?' }).waitFor()
      expect(await callsOf(page)).toEqual([])
      await page.getByRole('button', { name: 'Take away' }).click()
      expect(await lastCall(page, 'setToolAccounts')).toEqual([
        DEPLOY,
        ['svix/first', 'sftpgo/home'],
      ])
      await page.getByText('Changed the accounts of deploy.').waitFor()
      await page.getByText('Revoked the token of deploy for koyeb/work.').waitFor()
      expect(await page.getByRole('checkbox').count()).toBe(0)
    })

    it('gets a token lifetime of its own, or that of the account again', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Tools', 'deploy'] })
      const choice = page.getByLabel('Token lifetime')
      expect(await choice.inputValue()).toBe('0')
      await choice.selectOption('1 hour')
      expect(await lastCall(page, 'setToolLifetime')).toEqual([DEPLOY, 3600])
      const clients = full.clients.map((each) => ({ ...each, leaseSeconds: 3600 }))
      await push(page, { ...full, clients })
      await expect.poll(() => choice.inputValue()).toBe('3600')
      await choice.selectOption('As set for the account')
      expect(await lastCall(page, 'setToolLifetime')).toEqual([DEPLOY, 0])
    })

    it('keeps at least one account', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Tools', 'backup', 'Change'] })
      await page.getByRole('checkbox', { name: /^sftpgo\/home/ }).uncheck()
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByText('Choose at least one account.').waitFor()
      expect(await callsOf(page)).toEqual([])
      await page.getByRole('button', { name: 'Cancel' }).click()
      expect(await page.getByRole('checkbox').count()).toBe(0)
    })

    it('loses its tokens: one, or all after a question', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { endLease: [{ value: { ended: [] } }], endHolder: [{ value: { ended: [] } }] },
        clicks: ['Tools', 'backup', 'Revoke the token of backup for sftpgo/home'],
      })
      expect(await lastCall(page, 'endLease')).toEqual(['L1'])
      await page.getByRole('button', { name: 'Revoke all' }).click()
      await page.getByRole('alertdialog', { name: 'Revoke the active tokens of backup?' }).waitFor()
      await page.getByRole('button', { name: 'Revoke', exact: true }).click()
      expect(await lastCall(page, 'endHolder')).toEqual([tool('backup').id])
    })

    it('is removed after a question that counts its tokens, and the list is shown', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { removeTool: [{ value: { ended: [] } }] },
        clicks: ['Tools', 'backup', 'Remove…'],
      })
      await page.getByText('1 active token of it will be revoked').waitFor()
      await page.getByRole('button', { name: 'Remove', exact: true }).click()
      expect(await lastCall(page, 'removeTool')).toEqual([tool('backup').id])
      await page.getByRole('heading', { name: 'Tools', level: 1 }).waitFor()
      await page.getByText('Removed backup.').waitFor()
    })

    it('gives way to the list if it was removed elsewhere', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Tools', 'backup'] })
      await push(page, { ...full, clients: full.clients.slice(1) })
      await page.getByRole('heading', { name: 'Tools', level: 1 }).waitFor()
    })
  })
})

describeWith([chromium], 'many active tokens', () => {
  const built = withPage()
  const opened = { snapshot: many, clicks: ['Tokens'] }

  it('are searched by tool, account and reason', async () => {
    const page = await built.open({ ...opened, typed: { 'Search tokens': 'a7 tool-7' } })
    expect(await page.getByRole('main').getByRole('listitem').count()).toBe(2)
    await page.getByLabel('Search tokens').fill('tool-7 sftpgo/a57')
    expect(await page.getByRole('main').getByRole('listitem').count()).toBe(2)
  })

  it('are grouped by tool, each of which can be revoked', async () => {
    const page = await built.open({
      ...opened,
      answers: { endHolder: [{ value: { ended: [] } }] },
    })
    await page.getByLabel('Order').selectOption('By tool')
    expect(await page.getByRole('main').getByRole('heading', { level: 2 }).count()).toBe(50)
    await page.getByRole('button', { name: 'Revoke all of tool-7', exact: true }).click()
    await page.getByRole('button', { name: 'Revoke', exact: true }).click()
    expect(await lastCall(page, 'endHolder')).toEqual([tool('tool-7').id])
  })

  it('are grouped by account, each of which can be revoked', async () => {
    const page = await built.open({
      ...opened,
      answers: { endAccount: [{ value: { ended: [] } }] },
    })
    await page.getByLabel('Order').selectOption('By account')
    await page.getByRole('button', { name: 'Revoke all of sftpgo/a42', exact: true }).click()
    await page.getByRole('button', { name: 'Revoke', exact: true }).click()
    expect(await lastCall(page, 'endAccount')).toEqual(['sftpgo/a42'])
  })

  it('include those of the user, from the window and the command line', async () => {
    const leases = many.leases.map((lease, index) =>
      index < 2 ? { ...lease, client: ['cli', 'tray'][index] ?? '' } : lease,
    )
    const copied = {
      account: 'sftpgo/a1',
      form: 'token',
      lease: 'M1',
      clearsAt: NOW + 9_000,
    } as const
    const page = await built.open({
      ...{ ...opened, snapshot: { ...many, leases, copied } },
      answers: { endHolder: [{ value: { ended: [] } }] },
    })
    await page.getByLabel('Order').selectOption('By tool')
    const own = page.getByRole('region', { name: 'You', exact: true })
    expect(await own.locator('.row-title').allTextContents()).toEqual(['You', 'You (copied)'])
    await own.getByRole('button', { name: 'Revoke all of You' }).click()
    await page.getByRole('button', { name: 'Revoke', exact: true }).click()
    expect(await lastCall(page, 'endHolder')).toEqual(['you'])
  })
})
