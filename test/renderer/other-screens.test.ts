import { describe, expect, it } from 'vitest'
import type { Failure } from '../../preload/failure.ts'
import type { LingeringView, PreferencesView } from '../../preload/snapshot.ts'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { activity, empty, full, NOW, tokens } from './fixture-bridge/snapshots.ts'
import { keys } from './hands.ts'
import { callsOf, lastCall, push, release, withPage } from './with-page.ts'

const unwritable: Failure = {
  ...{ code: 'invalid_request', message: 'Cannot write the file: /a/file.csv' },
  hint: 'The disk is full. Free some space, or choose another disk.',
}

describeWith([chromium], 'the other screens', () => {
  const built = withPage()

  describe('leases', () => {
    it('show holder, account, sharing, time left and reason, newest first', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Tokens'] })
      const rows = page.getByRole('main').getByRole('listitem')
      expect((await rows.nth(1).innerText()).split(/\n|·/).map((text) => text.trim())).toEqual([
        'backup',
        'sftpgo/home',
        '12 min left',
        'shared',
        'nightly backup of /srv/files',
        'Revoke',
      ])
      expect(await rows.locator('.row-title').allTextContents()).toEqual([
        'deploy',
        'backup',
        'You',
        'You',
      ])
    })

    it.each([
      ['ended', undefined, 'Revoked the token of backup for sftpgo/home.'],
      [
        'shared',
        undefined,
        'Released the token of backup for sftpgo/home: others still use it, and it expires in 5 min.',
      ],
      [
        'until_expiry',
        'Svix cannot revoke it.',
        'The token of backup for sftpgo/home is valid until it expires in 5 min: Svix cannot revoke it.',
      ],
      [
        'pending',
        'files.example.com is down.',
        'The token of backup for sftpgo/home is waiting to be revoked: files.example.com is down.',
      ],
    ])('are revoked one by one, with the result: %s', async (atService, why, sentence) => {
      const known = { ...(why !== undefined && { why }), endsAt: NOW + 330_000 }
      const ended = [{ client: 'backup', account: 'sftpgo/home', atService, ...known }]
      const page = await built.open({
        snapshot: full,
        answers: { endLease: [{ value: { ended } }] },
        clicks: ['Tokens', 'Revoke the token of backup for sftpgo/home'],
      })
      expect(await lastCall(page, 'endLease')).toEqual(['L1'])
      await page.getByText(sentence, { exact: true }).waitFor()
    })

    it('are all revoked after one question', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { endAll: [{ value: { ended: [] } }] },
        clicks: ['Tokens', 'Revoke all'],
      })
      await page.getByRole('alertdialog', { name: 'Revoke all 4 active tokens?' }).waitFor()
      for (const sentence of [
        'Held by 2 tools and you. Some share a token: 3 tokens in all.',
        '2 tokens will be revoked where the service allows it.',
        '1 token cannot be revoked and stays valid until it expires.',
      ]) {
        await page.getByText(sentence, { exact: true }).waitFor()
      }
      expect(await callsOf(page)).toEqual([])
      await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke all' }).click()
      expect(await lastCall(page, 'endAll')).toEqual([])
    })

    it('say before they are all revoked which account will need a login', async () => {
      const accounts = full.accounts.map((account) =>
        account.id === 'sftpgo/home' ? { ...account, needsCode: true } : account,
      )
      const page = await built.open({
        snapshot: { ...full, accounts },
        clicks: ['Tokens', 'Revoke all'],
      })
      const sentence =
        'sftpgo/home needs a one-time code: tools get no new tokens until you log in again.'
      await page.getByText(sentence).waitFor()
      expect(await page.getByText('tools can ask for new tokens right away').innerText()).toMatch(
        /^The other accounts /,
      )
    })

    it('say afterwards for which account tools get no new tokens', async () => {
      const ended = [
        { client: 'backup', account: 'sftpgo/home', atService: 'ended', needsLogin: true },
      ]
      const page = await built.open({
        snapshot: full,
        answers: { endLease: [{ value: { ended } }] },
        clicks: ['Tokens', 'Revoke the token of backup for sftpgo/home'],
      })
      await page
        .getByText('Tools get no new tokens for sftpgo/home until you log in again.')
        .waitFor()
    })

    it('are listed next to unrevoked tokens and what happens to those', async () => {
      const of = { uid: 'svix/first', account: 'svix/first', madeAt: NOW - 600_000 }
      const lingering: readonly LingeringView[] = [
        {
          ...{ ...of, id: 'T1', use: 'lease', client: 'backup', atService: 'until_expiry' },
          ...{ why: 'Svix cannot revoke it.', endsAt: NOW + 27.5 * 86_400_000 },
        },
        {
          ...{ ...of, id: 'T2', use: 'session', atService: 'pending' },
          ...{ why: 'api.svix.com is down.', retryAt: NOW + 40_500 },
        },
        {
          ...{ ...of, id: 'T3', use: 'session', atService: 'pending' },
          ...{ why: 'It is down.', retryAt: NOW + 1_680_000, endsAt: NOW + 900_500 },
        },
        {
          ...{ ...of, id: 'T4', use: 'session', atService: 'pending' },
          ...{ why: 'It is down.', retryAt: NOW - 5_000, endsAt: NOW + 900_500 },
        },
      ]
      const page = await built.open({
        snapshot: { ...full, leases: [], lingering },
        clicks: ['Tokens'],
      })
      const rows = page.getByRole('region', { name: 'Not revoked' }).getByRole('listitem')
      expect((await rows.allInnerTexts()).map((text) => text.split('\n').filter(Boolean))).toEqual([
        ['backup', 'svix/first', 'Valid until it expires in 27 days: Svix cannot revoke it.'],
        [
          ...['Session token', 'svix/first'],
          'Waiting to be revoked: api.svix.com is down. Next try in 40 s.',
        ],
        [
          ...['Session token', 'svix/first'],
          'Waiting to be revoked: It is down. It expires in 15 min at the latest, before the next try.',
        ],
        ['Session token', 'svix/first', 'Waiting to be revoked: It is down. Trying now.'],
      ])
      expect(await page.getByText('No active tokens').count()).toBe(0)
    })

    it('and unrevoked tokens are on the screen of their account as well', async () => {
      const of = { account: 'svix/first', id: 'T1' }
      const session = { ...of, endsAt: NOW + 900_500, mayBeOut: true, revocable: true }
      const left: LingeringView = {
        ...{ ...of, uid: of.account, use: 'lease', client: 'backup', madeAt: NOW - 600_000 },
        ...{ atService: 'until_expiry', why: 'Svix cannot revoke it.', endsAt: NOW + 900_500 },
      }
      const elsewhere = { account: 'koyeb/work' }
      const page = await built.open({
        snapshot: {
          ...full,
          sessions: [session, { ...session, ...elsewhere }],
          lingering: [
            left,
            { ...left, id: 'T2', expired: true },
            { ...left, ...elsewhere, uid: elsewhere.account },
          ],
        },
      })
      const row = page.getByRole('listitem').filter({ has: page.locator('[id="open-svix/first"]') })
      await row.getByText('1 token not revoked', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'svix/first', exact: true }).click()
      const rowsOf = (name: string) =>
        page.getByRole('region', { name, exact: true }).getByRole('listitem').allInnerTexts()
      expect(await rowsOf('Session tokens')).toEqual([
        'Session token\nExpires in 15 min. A tool may have it. Revoked when you revoke all active tokens, log out or quit.',
      ])
      expect(await rowsOf('Not revoked')).toHaveLength(2)
    })

    it('are not said to be none while the keychain cannot be read', async () => {
      const unknown = { ...full, leases: [], sessions: [], lingering: [] }
      const page = await built.open({
        snapshot: { ...unknown, status: { ...full.status, tokensUnknown: true } },
        clicks: ['Tokens'],
      })
      await page.getByText('Not known yet').waitFor()
      expect(await page.getByText('No active tokens').count()).toBe(0)
    })
  })

  describe('tokens', () => {
    const clicks = ['More for glowmarkt/flat', 'All tokens…']

    it('show who made them and when they expire', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { listTokens: [{ value: { tokens } }] },
        clicks,
      })
      expect(await lastCall(page, 'listTokens')).toEqual(['glowmarkt/flat'])
      const rows = page.getByRole('main').getByRole('listitem')
      expect(await rows.locator('.row-title').allTextContents()).toEqual([
        'Tokentray: session, backup, you',
        'Another program',
        'Possibly Tokentray',
      ])
      expect(await rows.nth(1).innerText()).toContain('Created 40 days ago, never expires')
      expect(await rows.first().innerText()).toContain('glow-api')
    })

    it.each([
      [0, 'Revoke', 'This is the session token: Tokentray logs in again when'],
      [1, 'Revoke', 'This token belongs to another program, which will stop working.'],
      [2, 'Revoke', 'This token may belong to another program'],
    ])('are revoked after a question that names them: %i', async (index, action, warning) => {
      const id = tokens[index]?.id ?? ''
      const page = await built.open({
        snapshot: full,
        answers: {
          listTokens: [{ value: { tokens } }, { value: { tokens: [] } }],
          revokeToken: [{ value: { revocation: 'already_gone' } }],
        },
        clicks: [...clicks, `Revoke token ${id}`],
      })
      const dialog = page.getByRole('alertdialog')
      await dialog.getByText(id).waitFor()
      await dialog.getByText(warning).waitFor()
      await dialog.getByRole('button', { name: action }).click()
      expect(await lastCall(page, 'revokeToken')).toEqual(['glowmarkt/flat', id])
      await page.getByText(`${id} was no longer valid.`).waitFor()
      // The list is loaded again.
      await page.getByText('The service lists no tokens for this account.').waitFor()
    })

    it('show why they cannot be listed, and are requested again', async () => {
      const failure = { code: 'temporarily_unavailable', message: 'It is down.', hint: 'Later.' }
      const page = await built.open({
        snapshot: full,
        answers: { listTokens: [{ failure }, { value: { tokens } }] },
        clicks,
      })
      await page.getByRole('alert').getByText('It is down.').waitFor()
      // The number is unknown.
      expect(await page.getByText(/^\d+ tokens?$/).count()).toBe(0)
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByText('Another program').waitFor()
      expect(await page.getByRole('alert').count()).toBe(0)
    })
  })

  describe('the portal', () => {
    const clicks = ['More for svix/first', 'Portal…']

    it('is opened for the account', async () => {
      const page = await built.open({ snapshot: full, clicks })
      await page.getByRole('button', { name: 'Open in browser' }).click()
      expect(await lastCall(page, 'portal')).toEqual(['svix/first', 'open'])
      await page.getByText('Opened svix/first in your browser.').waitFor()
    })

    it('is copied for another application', async () => {
      const page = await built.open({ snapshot: full, clicks })
      await page.getByLabel('Another application').fill(' app_2 ')
      await page.getByRole('button', { name: 'Copy link' }).click()
      expect(await lastCall(page, 'portal')).toEqual(['svix/first', 'copy', 'app_2'])
      // The clipboard then holds a link, not a token.
      const copied = { account: 'svix/first', form: 'link', clearsAt: NOW + 30_000 } as const
      await push(page, { ...full, copied })
      await page.getByText('Link of svix/first', { exact: true }).waitFor()
    })

    it('is not requested if the application is too long', async () => {
      const page = await built.open({ snapshot: full, clicks })
      await page.getByLabel('Another application').fill('a'.repeat(1_025))
      await page.getByRole('button', { name: 'Copy link' }).click()
      await page.getByText('"Another application" is too long (at most 1024').waitFor()
      expect(await callsOf(page)).toEqual([])
    })
  })

  describe('activity', () => {
    it('is read by day, and searched once typing pauses', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { activity: [{ value: { lines: activity } }] },
        clicks: ['Activity'],
      })
      const days = await page.getByRole('main').getByRole('heading').allTextContents()
      expect(days).toEqual(['Today', 'Yesterday'])
      await page.getByText('Refused: not allowed').waitFor()
      const input = page.getByLabel('Search activity')
      await input.pressSequentially('night')
      expect(await callsOf(page)).toHaveLength(1)
      await page.clock.runFor(250)
      await expect.poll(() => callsOf(page)).toHaveLength(2)
      expect(await lastCall(page, 'activity')).toEqual([{ search: 'night' }])
    })

    it('says that a search has no matches only after its answer', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { activity: [{ value: { lines: [] } }, 'hold'] },
        clicks: ['Activity'],
      })
      await page.getByText('No activity yet').waitFor()
      await page.getByLabel('Search activity').fill('night')
      await page.clock.runFor(250)
      await expect.poll(() => callsOf(page)).toHaveLength(2)
      expect(await page.getByText(/No activity/).count()).toBe(0)
      await release(page, 'activity', { value: { lines: [] } })
      await page.getByText('No activity matches "night".').waitFor()
    })

    it('is live: new lines appear on top, and loaded lines stay', async () => {
      const [newest, ...older] = activity
      const page = await built.open({
        snapshot: full,
        answers: { activity: [{ value: { lines: older } }, { value: { lines: activity } }] },
        clicks: ['Activity'],
      })
      await page.getByText('Logged out').waitFor()
      expect(await page.getByText('deploy of web 1.4.2').count()).toBe(0)
      await page.evaluate(() => window.fixture.record())
      await page.getByText('deploy of web 1.4.2').waitFor()
      expect(await page.getByRole('listitem').count()).toBe(older.length + 1)
      expect(newest?.detail).toBe('deploy of web 1.4.2')
      // A snapshot alone does not reload the activity.
      const calls = (await callsOf(page)).length
      await push(page, full)
      await page.clock.runFor(1_000)
      expect(await callsOf(page)).toHaveLength(calls)
    })

    it('is read once more, not once for each line, when many lines arrive', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { activity: ['hold'] },
        clicks: ['Activity'],
      })
      await page.evaluate(() => {
        for (let count = 0; count < 5; count += 1) window.fixture.record()
      })
      expect(await callsOf(page)).toHaveLength(1)
      await page.evaluate(() => window.fixture.release('activity', { value: { lines: [] } }))
      await expect.poll(() => callsOf(page)).toHaveLength(2)
      await page.evaluate(() => window.fixture.release('activity', { value: { lines: [] } }))
      await page.getByText('No activity yet').waitFor()
      expect(await callsOf(page)).toHaveLength(2)
    })

    it('goes back to the first line, and marks it', async () => {
      const page = await built.open({
        snapshot: full,
        answers: {
          activity: [
            { value: { lines: activity.slice(0, 3), next: '1.1.7' } },
            { value: { lines: activity.slice(3) } },
          ],
        },
        clicks: ['Activity', 'Show earlier'],
      })
      await page.getByText('This is the first entry.').waitFor()
      expect(await lastCall(page, 'activity')).toEqual([{}, '1.1.7'])
      expect(await page.getByRole('listitem').count()).toBe(activity.length)
      expect(await page.getByRole('button', { name: 'Show earlier' }).count()).toBe(0)
    })

    it('has a row for missing lines, which no search finds or hides', async () => {
      const what = '3 lines are missing here (numbers 10 to 12)'
      const gap = { id: -12, at: NOW, what, who: '', isGap: true } as const
      const page = await built.open({
        snapshot: full,
        answers: {
          activity: [
            { value: { lines: [gap, ...activity] } },
            { value: { lines: [{ ...activity[0], id: 13 }, gap, ...activity] } },
            { value: { lines: [gap] } },
          ],
        },
        clicks: ['Activity'],
      })
      await page.evaluate(() => window.fixture.record())
      const rows = page.getByRole('listitem')
      await expect.poll(() => rows.count()).toBe(activity.length + 2)
      expect(await rows.nth(1).innerText()).toBe(what)
      await page.getByLabel('Search activity').fill('night')
      await page.clock.runFor(250)
      await page.getByText('No matches').waitFor()
      expect(await rows.allInnerTexts()).toEqual([what])
      expect(await page.getByRole('status').allInnerTexts()).toContain('0 lines found')
    })

    it('is limited to an account, a tool, a kind and a time, and cleared again', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { activity: [{ value: { lines: activity } }, { value: { lines: [] } }] },
        clicks: ['Activity', 'Filters'],
      })
      await page.getByLabel('Account', { exact: true }).selectOption('koyeb/work')
      await page.getByLabel('Tool', { exact: true }).selectOption('You')
      await page.getByLabel('Kind', { exact: true }).selectOption('Refusals')
      await page.getByLabel('Time', { exact: true }).selectOption('Last hour')
      const filter = { account: 'koyeb/work', tool: 'you', kind: 'refusals' }
      await expect
        .poll(() => lastCall(page, 'activity'))
        .toEqual([{ ...filter, since: expect.any(Number) }])
      await page.getByText('No activity matches these filters.').waitFor()
      expect(await page.getByRole('status').allInnerTexts()).toContain('0 lines found')
      await page.getByRole('button', { name: 'Filters, 4 set' }).waitFor()
      await page.getByRole('button', { name: 'Clear' }).click()
      await expect.poll(() => lastCall(page, 'activity')).toEqual([{}])
      await page.getByText('No activity yet').waitFor()
    })

    it('is exported as typed and chosen at that moment', async () => {
      const page = await built.open({
        snapshot: full,
        answers: {
          activity: [{ value: { lines: activity } }],
          exportActivity: [
            { value: { lines: 1_204, gaps: 1 } },
            { value: null },
            { failure: unwritable },
          ],
        },
        clicks: ['Activity', 'Filters'],
      })
      await page.getByLabel('Kind', { exact: true }).selectOption('Refusals')
      // The list waits for a pause in typing, which does not come.
      await page.getByLabel('Search activity').fill(' night ')
      const exporting = () => page.getByRole('button', { name: 'Export…' }).click()
      await exporting()
      expect(await lastCall(page, 'exportActivity')).toEqual([
        { search: 'night', kind: 'refusals' },
      ])
      await page
        .getByText('Lines are missing or out of order in 1 place. The file says where.')
        .waitFor()
      await page.getByText('Exported 1204 lines.').waitFor()
      await exporting()
      await page.getByText('Exported 1204 lines.').waitFor({ state: 'detached' })
      await exporting()
      await page.getByText(unwritable.message).waitFor()
      await page.getByText(unwritable.hint).waitFor()
    })

    it('is exported by keys alone', async () => {
      const page = await built.open({
        snapshot: full,
        answers: {
          activity: [{ value: { lines: activity } }],
          exportActivity: [{ value: { lines: 1, gaps: 0 } }],
        },
        clicks: ['Activity'],
      })
      await page.clock.resume()
      await keys.press(page.getByRole('button', { name: 'Export…' }))
      await page.getByText('Exported 1 line.').waitFor()
      expect(await lastCall(page, 'exportActivity')).toEqual([{}])
    })

    it('says who did it, and what was changed', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { activity: [{ value: { lines: activity } }] },
        clicks: ['Activity'],
      })
      const lines = await page.getByRole('listitem').allInnerTexts()
      expect(lines.map((text) => text.split('\n').filter(Boolean).slice(1))).toContainEqual([
        ...['Account settings changed', 'koyeb/work · by you, in the window'],
        'Token lifetime: 15 minutes (before: 1 hour)',
      ])
    })
  })

  describe('settings', () => {
    it.each<readonly [string, string, Partial<PreferencesView>]>([
      ['Clear the clipboard after', '2 minutes', { clipboardSeconds: 120 }],
      ['Token lifetime', '8 hours', { leaseSeconds: 28_800 }],
      ['Token sharing', 'dedicated', { leaseKind: 'dedicated' }],
    ])('are chosen: %s', async (label, choice, change) => {
      const page = await built.open({ snapshot: full, clicks: ['Settings'] })
      await page.getByLabel(label).selectOption(choice)
      expect(await lastCall(page, 'setPreferences')).toEqual([change])
    })

    it.each<readonly [string, Partial<PreferencesView>]>([
      ['Lock on sleep', { lockOnSleep: false }],
      ['Start at login', { startAtLogin: true }],
      ['Global shortcut', { globalShortcut: true }],
    ])('are switched: %s', async (label, change) => {
      const page = await built.open({ snapshot: full, clicks: ['Settings'] })
      await page.getByRole('switch', { name: label }).click()
      expect(await lastCall(page, 'setPreferences')).toEqual([change])
    })

    it('offer a lifetime that was set elsewhere', async () => {
      const preferences = { ...full.preferences, leaseSeconds: 1234 }
      const page = await built.open({ snapshot: { ...full, preferences }, clicks: ['Settings'] })
      expect(await page.getByLabel('Token lifetime').inputValue()).toBe('1234')
    })

    it('name the address and the version, and quit', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Settings'] })
      const text = await page.getByRole('main').innerText()
      for (const fact of ['0.1.0', 'http://127.0.0.1:41235']) {
        expect(text).toContain(fact)
      }
      await page.getByRole('button', { name: 'Quit Tokentray' }).click()
      expect(await lastCall(page, 'quit')).toEqual([])
    })
  })

  describe('the states of the app', () => {
    it('locks and unlocks', async () => {
      const page = await built.open({ snapshot: full })
      await page.getByRole('button', { name: 'Lock', exact: true }).click()
      expect(await lastCall(page, 'lock')).toEqual([])
      await push(page, { ...full, status: { ...full.status, locked: true } })
      await page.getByRole('heading', { name: 'Locked' }).waitFor()
      expect(await page.getByText('sftpgo/home').count()).toBe(0)
      await page.keyboard.press('Enter')
      expect(await lastCall(page, 'unlock')).toEqual([])
    })

    it('revokes tokens while locked', async () => {
      const page = await built.open({
        snapshot: { ...full, status: { ...full.status, locked: true } },
        answers: { endAll: [{ value: { ended: [] } }] },
        clicks: ['Revoke all…', 'Revoke all'],
      })
      expect(await lastCall(page, 'endAll')).toEqual([])
    })

    it('revokes a session token that a tool may have while locked, even without a lease', async () => {
      const session = { id: 'S1', account: 'sftpgo/home', mayBeOut: true, revocable: true }
      const status = { ...full.status, locked: true }
      const page = await built.open({
        snapshot: { ...full, status, leases: [], sessions: [session] },
        answers: { endAll: [{ value: { ended: [] } }] },
      })
      await page.getByText('1 active token.', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Revoke all…' }).click()
      await page.getByRole('button', { name: 'Revoke all', exact: true }).click()
      expect(await lastCall(page, 'endAll')).toEqual([])
      await push(page, { ...full, status, leases: [], sessions: [{ ...session, mayBeOut: false }] })
      await page.getByText('No active tokens.', { exact: true }).waitFor()
      expect(await page.getByRole('button', { name: 'Revoke all…' }).count()).toBe(0)
    })

    it('shows the first steps, and where to connect a tool, before there is an account', async () => {
      const page = await built.open({ snapshot: empty })
      await page.getByText('On the Tools screen, connect scripts').waitFor()
      await page.getByRole('button', { name: 'Add account' }).click()
      await page.getByRole('heading', { name: 'Add account' }).waitFor()
    })

    it.each([
      ['Try again', 'retryVault'],
      ['Keep passwords in memory only', 'useMemory'],
    ])('offers without a keychain: %s', async (name, call) => {
      const vaultProblem = { code: 'vault_unavailable', message: 'No bus.', hint: 'Start one.' }
      const status = { ...empty.status, vault: 'vault_unavailable', vaultProblem } as const
      const page = await built.open({ snapshot: { ...empty, status } })
      expect(await page.getByRole('alert').locator('p').allTextContents()).toEqual([
        'No bus.',
        'Start one.',
      ])
      expect(await page.getByRole('button', { name: 'Add account' }).count()).toBe(0)
      await page.getByRole('button', { name }).click()
      expect(await lastCall(page, call)).toEqual([])
    })

    it('does not offer memory only while the keychain is just locked', async () => {
      const status = { ...full.status, vault: 'vault_locked' } as const
      const page = await built.open({ snapshot: { ...full, status } })
      await page.getByRole('button', { name: 'Try again' }).waitFor()
      expect(await page.getByRole('button', { name: /in memory/ }).count()).toBe(0)
    })

    it('works as usual with credentials in memory', async () => {
      const status = { ...full.status, vault: 'vault_unavailable', memory: true } as const
      const page = await built.open({ snapshot: { ...full, status } })
      await page.getByText('Not saved: accounts are forgotten when you quit.').waitFor()
      expect(await page.getByRole('alert').count()).toBe(0)
      await page.getByRole('button', { name: 'Add account' }).waitFor()
    })

    it('says on the first screen where credentials are kept', async () => {
      const page = await built.open({ snapshot: empty })
      await page.getByText('Keep passwords in your keychain.').waitFor()
      await push(page, { ...empty, status: { ...empty.status, memory: true }, revision: 2 }, 2)
      await page.getByText('Keep passwords in memory until you quit.').waitFor()
    })

    it('offers to stop an agent, but not an unknown program', async () => {
      const blocked = { ...empty, phase: 'blocked' } as const
      const page = await built.open({
        snapshot: { ...blocked, otherBroker: { kind: 'agent', pid: 4711 } },
      })
      await page.getByText('process 4711').waitFor()
      await page.getByRole('button', { name: 'Stop the agent and continue here' }).click()
      expect(await lastCall(page, 'stopOtherBroker')).toEqual([])
      await push(page, { ...blocked, otherBroker: { kind: 'unknown', pid: null } })
      await page.getByText('Another program is using your accounts.').waitFor()
      expect(await page.getByRole('button').allTextContents()).toEqual(['Quit'])
    })

    it('shows that another program uses the port, which cannot be dismissed', async () => {
      const portTaken = { port: 4711, message: 'Port 4711 is in use.', hint: 'Stop that program.' }
      const page = await built.open({
        snapshot: { ...full, status: { ...full.status, portTaken } },
      })
      await page.getByText('Port 4711 is in use.').waitFor()
      await page.getByText('Stop that program.').waitFor()
      expect(await page.getByRole('button', { name: 'Dismiss' }).count()).toBe(0)
    })

    it('says that this desktop shows no tray icons, and how to reopen the window', async () => {
      const page = await built.open({
        snapshot: { ...full, status: { ...full.status, noTray: true } },
      })
      await page.getByText('This desktop does not show tray icons.').waitFor()
      await page.getByText(/Start it again to open the window/).waitFor()
    })

    it('says which service asked for no requests, and lets the user try once', async () => {
      const silentHost = {
        ...{
          host: 'files.example.com',
          until: NOW + 600_000,
          hint: 'Ask the administrator of the server.',
        },
        brief: 'Left alone until about 15:31: files.example.com',
        message:
          'files.example.com has blocked this computer. Tokentray leaves it alone until about 15:31.',
      }
      const accounts = full.accounts.map((account) => ({
        ...account,
        ...(account.id === 'sftpgo/home' && { silentHost }),
      }))
      const page = await built.open({ snapshot: { ...full, accounts } })
      await page.getByText(silentHost.message).waitFor()
      await page.getByRole('button', { name: 'sftpgo/home', exact: true }).click()
      await page
        .getByText('Ask the administrator of the server. Trying sooner may make the wait longer.')
        .waitFor()
      await page.getByRole('button', { name: 'Try once now' }).click()
      expect(await lastCall(page, 'tryNow')).toEqual(['sftpgo/home'])
    })

    it('dismisses a notice by its text', async () => {
      const status = { ...full.status, notices: ['Set aside: settings.json.'] }
      const page = await built.open({ snapshot: { ...full, status } })
      await page.getByRole('button', { name: 'Dismiss' }).click()
      expect(await lastCall(page, 'dismissNotice')).toEqual(['Set aside: settings.json.'])
    })

    it('shows that the main process does not answer, and retries', async () => {
      const failure = { code: 'server_error', message: 'No answer.', hint: 'Try again.' }
      const page = await built.open({
        snapshot: full,
        answers: { snapshot: [{ failure }, { value: full }] },
      })
      await page.getByRole('heading', { name: 'No answer.' }).waitFor()
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByRole('heading', { name: 'Accounts' }).waitFor()
    })
  })
})
