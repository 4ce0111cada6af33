import { expect, it } from 'vitest'
import { chromium, describeWith } from '../helpers/needs.ts'
import { everyday } from './fixture-bridge/everyday.ts'
import { withPage } from './with-page.ts'

const FILES = 'Production files'

describeWith([chromium], 'an account with a display name', () => {
  const { open } = withPage()

  it('is called that in questions and results', async () => {
    const ended = { token: 'E1', client: 'backup', account: 'sftpgo/production' }
    const answers = { logout: [{ value: { ended: [{ ...ended, atService: 'ended' }] } }] }
    const clicks = [`More for ${FILES}`, 'Log out…']
    const page = await open({ snapshot: everyday, answers, clicks })
    const question = page.getByRole('alertdialog')
    expect(await question.textContent()).toContain(`Log out of ${FILES}?`)
    await question.getByRole('button', { name: 'Log out', exact: true }).click()
    await page.getByText(`Revoked the token of backup for ${FILES}.`).waitFor()
    await page.getByText(`Logged out of ${FILES}.`).waitFor()
  })

  it('is called that among active tokens, at a tool and where a tool is connected', async () => {
    const page = await open({ snapshot: everyday, clicks: ['Tokens'] })
    await page.getByRole('button', { name: `Revoke the token of backup for ${FILES}` }).waitFor()
    await page.locator('.tab', { hasText: 'Tools' }).click()
    await page.getByRole('button', { name: 'Connect a tool' }).click()
    await page.getByRole('checkbox', { name: FILES }).waitFor()
    const tool = await open({ snapshot: everyday, clicks: ['Tools', 'backup'] })
    expect(await tool.locator('.facts').last().textContent()).toBe(FILES)
  })

  it('is found by that name among tools and active tokens, as long lists are searched', async () => {
    const [client] = everyday.clients
    const [lease] = everyday.leases
    if (!client || !lease) throw new Error('A usual day has a tool and a token.')
    const more = Array.from({ length: 9 }, (_, index) => `more-${index}`)
    const snapshot = {
      ...everyday,
      clients: [
        { ...client, accounts: ['sftpgo/production'] },
        ...more.map((name) => ({ ...client, id: name, name, accounts: [] })),
      ],
      leases: [
        { ...lease, account: 'sftpgo/production' },
        ...more.map((id) => ({ ...lease, id, account: 'koyeb/gone' })),
      ],
    }
    for (const [tab, label] of [
      ['Tools', 'Search tools'],
      ['Tokens', 'Search tokens'],
    ] as const) {
      const page = await open({ snapshot, clicks: [tab] })
      await page.getByLabel(label).fill('files PROD')
      const rows = page.getByRole('main').getByRole('listitem')
      await expect.poll(() => rows.count()).toBe(1)
      expect(await rows.first().textContent()).toContain(FILES)
    }
  })

  it('is called that in the clipboard bar and where you log in again', async () => {
    const copied = { account: 'sftpgo/production', form: 'token', clearsAt: 2e12 } as const
    const page = await open({ snapshot: { ...everyday, copied } })
    await page.locator('.copied').getByText(`Token of ${FILES}`).waitFor()
    const login = await open({ snapshot: everyday, clicks: ['Log in to Old cluster'] })
    await login.getByRole('heading', { name: 'Log in to Old cluster' }).waitFor()
  })
})
