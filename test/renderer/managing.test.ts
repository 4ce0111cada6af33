import { describe, expect, it } from 'vitest'
import type { LingeringView, PreferencesView } from '../../preload/snapshot.ts'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { activity, empty, full, NOW, tokens } from './fixture-bridge/snapshots.ts'
import { callsOf, lastCall, push, release, withPage } from './with-page.ts'

describeWith([chromium], 'the other screens', () => {
  const built = withPage()

  describe('leases', () => {
    it('show client, account, kind, time and reason, the newest first', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Leases'] })
      const rows = page.getByRole('main').getByRole('listitem')
      expect((await rows.nth(1).innerText()).split(/\n|·/).map((text) => text.trim())).toEqual([
        'backup',
        'sftpgo/home',
        '12 min left',
        'shared',
        'nightly backup of /srv/files',
        'End',
      ])
      expect(await rows.locator('.row-title').allTextContents()).toEqual([
        'deploy',
        'backup',
        'you',
        'you',
      ])
    })

    it.each([
      ['ended', undefined, 'Revoked the token of backup for sftpgo/home.'],
      [
        'shared',
        undefined,
        'The token of backup for sftpgo/home ended for that tool; others hold the same token, which expires in 5 min.',
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
    ])('are ended one by one, and it is said how: %s', async (atService, why, sentence) => {
      const known = { ...(why !== undefined && { why }), endsAt: NOW + 330_000 }
      const ended = [{ client: 'backup', account: 'sftpgo/home', atService, ...known }]
      const page = await built.open({
        snapshot: full,
        answers: { endLease: [{ value: { ended } }] },
        clicks: ['Leases', 'End the lease of backup on sftpgo/home'],
      })
      expect(await lastCall(page, 'endLease')).toEqual(['L1'])
      await page.getByText(sentence, { exact: true }).waitFor()
    })

    it('are all ended after one question', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { endAll: [{ value: { ended: [] } }] },
        clicks: ['Leases', 'End all'],
      })
      await page.getByRole('alertdialog', { name: 'End all 4 active tokens?' }).waitFor()
      for (const sentence of [
        'Held by 2 tools and you, on 3 tokens because some share one.',
        '2 tokens will be revoked where the service allows it.',
        '1 token cannot be revoked and stays valid until it expires.',
      ]) {
        await page.getByText(sentence, { exact: true }).waitFor()
      }
      expect(await callsOf(page)).toEqual([])
      await page.getByRole('alertdialog').getByRole('button', { name: 'End all' }).click()
      expect(await lastCall(page, 'endAll')).toEqual([])
    })

    it('say before they all end which account will need a login', async () => {
      const accounts = full.accounts.map((account) =>
        account.id === 'sftpgo/home' ? { ...account, needsCode: true } : account,
      )
      const page = await built.open({
        snapshot: { ...full, accounts },
        clicks: ['Leases', 'End all'],
      })
      const sentence =
        'sftpgo/home needs a one-time code: tools get no new tokens before you log in again.'
      await page.getByText(sentence).waitFor()
      expect(await page.getByText('tools can ask for new tokens at once').innerText()).toMatch(
        /^For the others /,
      )
    })

    it('say afterwards which account gives no new tokens any more', async () => {
      const ended = [
        { client: 'backup', account: 'sftpgo/home', atService: 'ended', needsLogin: true },
      ]
      const page = await built.open({
        snapshot: full,
        answers: { endLease: [{ value: { ended } }] },
        clicks: ['Leases', 'End the lease of backup on sftpgo/home'],
      })
      await page.getByText('sftpgo/home gives no new tokens before you log in again.').waitFor()
    })

    it('stand beside what lives on without one, and what becomes of that', async () => {
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
        clicks: ['Leases'],
      })
      const rows = page.getByRole('region', { name: 'Not revoked' }).getByRole('listitem')
      expect((await rows.allInnerTexts()).map((text) => text.split('\n').filter(Boolean))).toEqual([
        ['backup', 'svix/first', 'Valid until it expires in 27 days: Svix cannot revoke it.'],
        [
          ...['Session', 'svix/first'],
          'Waiting to be revoked: api.svix.com is down. Next try in 40 s.',
        ],
        [
          ...['Session', 'svix/first'],
          'Waiting to be revoked: It is down. Valid until it expires in 15 min at the latest: no try comes before that.',
        ],
        ['Session', 'svix/first', 'Waiting to be revoked: It is down. Trying now.'],
      ])
      expect(await page.getByText('No lease is open').count()).toBe(0)
    })

    it('and what lives on without one, are on the screen of their account as well', async () => {
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
      const row = page.getByRole('listitem').filter({ hasText: 'svix/first' })
      await row.getByText('1 token not revoked', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'svix/first', exact: true }).click()
      const rowsOf = (name: string) =>
        page.getByRole('region', { name, exact: true }).getByRole('listitem').allInnerTexts()
      expect(await rowsOf('Sessions')).toEqual([
        'Session\nExpires in 15 min; a tool may have it; revoked when all leases are ended, at log-out or on quit.',
      ])
      expect(await rowsOf('Not revoked')).toHaveLength(2)
    })

    it('are not called none while the keychain, and so their list, cannot be read', async () => {
      const unknown = { ...full, leases: [], sessions: [], lingering: [] }
      const page = await built.open({
        snapshot: { ...unknown, status: { ...full.status, tokensUnknown: true } },
        clicks: ['Leases'],
      })
      await page.getByText('Not known yet').waitFor()
      expect(await page.getByText('No lease is open').count()).toBe(0)
    })
  })

  describe('tokens', () => {
    const clicks = ['More for glowmarkt/flat', 'Tokens…']

    it('say whose they are and how long they live', async () => {
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
        "Perhaps Tokentray's",
      ])
      expect(await rows.nth(1).innerText()).toContain('Made 40 days ago, never ends')
      expect(await rows.first().innerText()).toContain('glow-api')
    })

    it.each([
      [0, 'End token', 'It is that of the session: Tokentray logs in again when'],
      [1, 'End token', 'Tokentray did not make it: another program uses it, and stops working.'],
      [2, 'End token', 'It may not be one of Tokentray: then another program uses it'],
    ])('are ended after a question that names them: %i', async (index, deed, warning) => {
      const id = tokens[index]?.id ?? ''
      const page = await built.open({
        snapshot: full,
        answers: {
          listTokens: [{ value: { tokens } }, { value: { tokens: [] } }],
          revokeToken: [{ value: { revocation: 'already_gone' } }],
        },
        clicks: [...clicks, `End token ${id}`],
      })
      const dialog = page.getByRole('alertdialog')
      await dialog.getByText(id).waitFor()
      await dialog.getByText(warning).waitFor()
      await dialog.getByRole('button', { name: deed }).click()
      expect(await lastCall(page, 'revokeToken')).toEqual(['glowmarkt/flat', id])
      await page.getByText(`Had ended: ${id}.`).waitFor()
      // The list is read again.
      await page.getByText('The service lists none for this account.').waitFor()
    })

    it('that cannot be listed say why, and are asked for again', async () => {
      const failure = { code: 'temporarily_unavailable', message: 'It is down.', hint: 'Later.' }
      const page = await built.open({
        snapshot: full,
        answers: { listTokens: [{ failure }, { value: { tokens } }] },
        clicks,
      })
      await page.getByRole('alert').getByText('It is down.').waitFor()
      // Nobody knows how many there are.
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
      await page.getByRole('button', { name: 'Open in the browser' }).click()
      expect(await lastCall(page, 'portal')).toEqual(['svix/first', 'open'])
      await page.getByText('Opened in the browser: svix/first.').waitFor()
    })

    it('is copied for another application', async () => {
      const page = await built.open({ snapshot: full, clicks })
      await page.getByLabel('Another application').fill(' app_2 ')
      await page.getByRole('button', { name: 'Copy the link' }).click()
      expect(await lastCall(page, 'portal')).toEqual(['svix/first', 'copy', 'app_2'])
      // What is in the clipboard then is no token.
      const copied = { account: 'svix/first', form: 'link', clearsAt: NOW + 30_000 } as const
      await push(page, { ...full, copied })
      await page.getByText('Link of svix/first', { exact: true }).waitFor()
    })

    it('is not asked for where the name of the application is too long', async () => {
      const page = await built.open({ snapshot: full, clicks })
      await page.getByLabel('Another application').fill('a'.repeat(1_025))
      await page.getByRole('button', { name: 'Copy the link' }).click()
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
      const input = page.getByLabel('Search the activity')
      await input.pressSequentially('night')
      expect(await callsOf(page)).toHaveLength(1)
      await page.clock.runFor(250)
      await expect.poll(() => callsOf(page)).toHaveLength(2)
      expect(await lastCall(page, 'activity')).toEqual(['night'])
    })

    it('says of a search that nothing was found only once that was looked for', async () => {
      const page = await built.open({
        snapshot: full,
        answers: { activity: [{ value: { lines: [] } }, 'hold'] },
        clicks: ['Activity'],
      })
      await page.getByText('Nothing yet').waitFor()
      await page.getByLabel('Search the activity').fill('night')
      await page.clock.runFor(250)
      await expect.poll(() => callsOf(page)).toHaveLength(2)
      expect(await page.getByText(/Nothing in the record|Nothing yet/).count()).toBe(0)
      await release(page, 'activity', { value: { lines: [] } })
      await page.getByText('Nothing in the record matches "night".').waitFor()
    })

    it('is live: what is written comes on top, and what was read stays', async () => {
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
      // A snapshot alone is no news of the record.
      const calls = (await callsOf(page)).length
      await push(page, full)
      await page.clock.runFor(1_000)
      expect(await callsOf(page)).toHaveLength(calls)
    })

    it('is read once more, and not at once for each, when many lines come', async () => {
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
      await page.getByText('Nothing yet').waitFor()
      expect(await callsOf(page)).toHaveLength(2)
    })

    it('goes back to the first line, and says where that is', async () => {
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
      await page.getByText('Nothing is earlier.').waitFor()
      expect(await lastCall(page, 'activity')).toEqual(['', '1.1.7'])
      expect(await page.getByRole('listitem').count()).toBe(activity.length)
      expect(await page.getByRole('button', { name: 'Show earlier' }).count()).toBe(0)
    })

    it('has a row where lines are missing, which no search finds or hides', async () => {
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
      await page.getByLabel('Search the activity').fill('night')
      await page.clock.runFor(250)
      await page.getByText('Nothing found').waitFor()
      expect(await rows.allInnerTexts()).toEqual([what])
      expect(await page.getByRole('status').allInnerTexts()).toContain('0 lines found')
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
      ['Length of a lease', '8 hours', { leaseSeconds: 28_800 }],
      ['Kind of lease', 'dedicated', { leaseKind: 'dedicated' }],
    ])('are chosen: %s', async (label, choice, change) => {
      const page = await built.open({ snapshot: full, clicks: ['Settings'] })
      await page.getByLabel(label).selectOption(choice)
      expect(await lastCall(page, 'setPreferences')).toEqual([change])
    })

    it.each<readonly [string, Partial<PreferencesView>]>([
      ['Lock on sleep', { lockOnSleep: false }],
      ['Start at login', { startAtLogin: true }],
    ])('are switched: %s', async (label, change) => {
      const page = await built.open({ snapshot: full, clicks: ['Settings'] })
      await page.getByRole('switch', { name: label }).click()
      expect(await lastCall(page, 'setPreferences')).toEqual([change])
    })

    it('offer a length that was set elsewhere as it is', async () => {
      const preferences = { ...full.preferences, leaseSeconds: 1234 }
      const page = await built.open({ snapshot: { ...full, preferences }, clicks: ['Settings'] })
      expect(await page.getByLabel('Length of a lease').inputValue()).toBe('1234')
    })

    it('name the address, the version and the tools, and quit', async () => {
      const page = await built.open({ snapshot: full, clicks: ['Settings'] })
      const text = await page.getByRole('main').innerText()
      for (const fact of ['0.1.0', 'http://127.0.0.1:41235', 'deploy', 'koyeb/work, svix/first']) {
        expect(text).toContain(fact)
      }
      await page.getByRole('button', { name: 'Quit Tokentray' }).click()
      expect(await lastCall(page, 'quit')).toEqual([])
    })
  })

  describe('the states of the whole', () => {
    it('locks, and unlocks again', async () => {
      const page = await built.open({ snapshot: full })
      await page.getByRole('button', { name: 'Lock', exact: true }).click()
      expect(await lastCall(page, 'lock')).toEqual([])
      await push(page, { ...full, status: { ...full.status, locked: true } })
      await page.getByRole('heading', { name: 'Locked' }).waitFor()
      expect(await page.getByText('sftpgo/home').count()).toBe(0)
      await page.keyboard.press('Enter')
      expect(await lastCall(page, 'unlock')).toEqual([])
    })

    it('ends leases while it is locked', async () => {
      const page = await built.open({
        snapshot: { ...full, status: { ...full.status, locked: true } },
        answers: { endAll: [{ value: { ended: [] } }] },
        clicks: ['End all…', 'End all'],
      })
      expect(await lastCall(page, 'endAll')).toEqual([])
    })

    it('ends a session token that a tool may have while it is locked, also without a lease', async () => {
      const session = { id: 'S1', account: 'sftpgo/home', mayBeOut: true, revocable: true }
      const status = { ...full.status, locked: true }
      const page = await built.open({
        snapshot: { ...full, status, leases: [], sessions: [session] },
        answers: { endAll: [{ value: { ended: [] } }] },
      })
      await page.getByText('1 active token.', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'End all…' }).click()
      await page.getByRole('button', { name: 'End all', exact: true }).click()
      expect(await lastCall(page, 'endAll')).toEqual([])
      await push(page, { ...full, status, leases: [], sessions: [{ ...session, mayBeOut: false }] })
      await page.getByText('No active tokens.', { exact: true }).waitFor()
      expect(await page.getByRole('button', { name: 'End all…' }).count()).toBe(0)
    })

    it('tells a newcomer what to do first, and how tools get in', async () => {
      const page = await built.open({ snapshot: empty })
      await page.getByText('tokentray clients add').first().waitFor()
      await page.getByRole('button', { name: 'Add account' }).click()
      await page.getByRole('heading', { name: 'Add account' }).waitFor()
    })

    it.each([
      ['Try again', 'retryVault'],
      ['Keep credentials in memory until quit', 'useMemory'],
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

    it('keeps nothing in memory while the keychain is only locked', async () => {
      const status = { ...full.status, vault: 'vault_locked' } as const
      const page = await built.open({ snapshot: { ...full, status } })
      await page.getByRole('button', { name: 'Try again' }).waitFor()
      expect(await page.getByRole('button', { name: /in memory/ }).count()).toBe(0)
    })

    it('goes on as ever once credentials are kept in memory', async () => {
      const status = { ...full.status, vault: 'vault_unavailable', memory: true } as const
      const page = await built.open({ snapshot: { ...full, status } })
      await page.getByText('Credentials are kept in memory until quit.').waitFor()
      expect(await page.getByRole('alert').count()).toBe(0)
      await page.getByRole('button', { name: 'Add account' }).waitFor()
    })

    it('tells a newcomer where credentials are kept', async () => {
      const page = await built.open({ snapshot: empty })
      await page.getByText('It keeps your passwords and API keys in the keychain,').waitFor()
      await push(page, { ...empty, status: { ...empty.status, memory: true }, revision: 2 }, 2)
      await page.getByText('It keeps your passwords and API keys in memory,').waitFor()
    })

    it('offers to stop the agent, and nothing else that it does not know', async () => {
      const blocked = { ...empty, phase: 'blocked' } as const
      const page = await built.open({
        snapshot: { ...blocked, otherBroker: { kind: 'agent', pid: 4711 } },
      })
      await page.getByText('process 4711').waitFor()
      await page.getByRole('button', { name: 'Stop it and go on here' }).click()
      expect(await lastCall(page, 'stopOtherBroker')).toEqual([])
      await push(page, { ...blocked, otherBroker: { kind: 'unknown', pid: null } })
      await page.getByText('Another program holds the accounts.').waitFor()
      expect(await page.getByRole('button').allTextContents()).toEqual(['Quit'])
    })

    it('says who has the port of the tools, and lets nobody dismiss that', async () => {
      const portTaken = { port: 4711, message: 'Port 4711 is in use.', hint: 'Stop that program.' }
      const page = await built.open({
        snapshot: { ...full, status: { ...full.status, portTaken } },
      })
      await page.getByText('Port 4711 is in use.').waitFor()
      await page.getByText('Stop that program.').waitFor()
      expect(await page.getByRole('button', { name: 'Dismiss' }).count()).toBe(0)
    })

    it('says that this desktop shows no icons, and how to come back', async () => {
      const page = await built.open({
        snapshot: { ...full, status: { ...full.status, noTray: true } },
      })
      await page.getByText('This desktop shows no tray icons.').waitFor()
      await page.getByText(/start it again to open the window/).waitFor()
    })

    it('says which service wants to be left alone, and lets a person try once', async () => {
      const silentHost = {
        ...{ host: 'files.example.com', until: NOW + 600_000, hint: 'Ask whoever runs it.' },
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
      await page.getByText('Ask whoever runs it. Trying sooner may make it longer.').waitFor()
      await page.getByRole('button', { name: 'Try once now' }).click()
      expect(await lastCall(page, 'tryNow')).toEqual(['sftpgo/home'])
    })

    it('dismisses a notice by its text', async () => {
      const status = { ...full.status, notices: ['Set aside: settings.json.'] }
      const page = await built.open({ snapshot: { ...full, status } })
      await page.getByRole('button', { name: 'Dismiss' }).click()
      expect(await lastCall(page, 'dismissNotice')).toEqual(['Set aside: settings.json.'])
    })

    it('says so when the main process does not answer, and asks again', async () => {
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
