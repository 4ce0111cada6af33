import { expect, it } from 'vitest'
import type { AccountView, SessionTokenView, Snapshot } from '../../preload/snapshot.ts'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { full, NOW } from './fixture-bridge/snapshots.ts'
import { lastCall, push, withPage } from './with-page.ts'

const MINUTE = 60_000

const session: SessionTokenView = {
  ...{ id: 'S1', account: 'sftpgo/home', endsAt: NOW + 9 * MINUTE + 500 },
  ...{ mayBeOut: true, revocable: true },
}

/** The full snapshot, one of its accounts being otherwise. */
const withAccount = (id: string, change: Partial<AccountView>): Snapshot => ({
  ...full,
  accounts: full.accounts.map((each) => (each.id === id ? { ...each, ...change } : each)),
})

describeWith([chromium], 'the window', () => {
  const built = withPage()

  it("lists the sessions' own tokens that no lease is open on, and how each ends", async () => {
    const page = await built.open({
      snapshot: {
        ...full,
        leases: [],
        sessions: [session, { ...session, id: 'S2', account: 'svix/first', revocable: false }],
      },
      clicks: ['Leases'],
    })
    const rows = page.getByRole('region', { name: 'Sessions' }).getByRole('listitem')
    expect((await rows.allInnerTexts()).map((text) => text.split('\n').filter(Boolean))).toEqual([
      [
        ...['Session', 'sftpgo/home'],
        'Expires in 9 min; a tool may have it; revoked when all leases are ended, at log-out or on quit.',
      ],
      [
        ...['Session', 'svix/first'],
        'Expires in 9 min; a tool may have it; nothing can revoke it.',
      ],
    ])
    expect(await page.getByText('No lease is open').count()).toBe(0)
  })

  it('ends the sessions that tools may have, after a question that says whose', async () => {
    const page = await built.open({
      snapshot: {
        ...withAccount('sftpgo/home', { needsCode: true }),
        leases: [],
        sessions: [session],
      },
      answers: {
        endAll: [
          {
            value: {
              ended: [{ token: 'S1', account: 'sftpgo/home', atService: 'ended' }],
            },
          },
        ],
      },
      clicks: ['Leases', 'End all'],
    })
    await page.getByText('End the active token?').waitFor()
    await page.getByText('1 session token that a tool may have will be revoked').waitFor()
    await page.getByText('sftpgo/home needs a one-time code').waitFor()
    await page.getByRole('alertdialog').getByRole('button', { name: 'End all' }).click()
    expect(await lastCall(page, 'endAll')).toEqual([])
    await page.getByText('Revoked the session token of sftpgo/home.').waitFor()
  })

  it('offers no end of all where no tool has anything', async () => {
    const page = await built.open({
      snapshot: { ...full, leases: [], sessions: [{ ...session, mayBeOut: false }] },
      clicks: ['Leases'],
    })
    await page.getByRole('region', { name: 'Sessions' }).waitFor()
    expect(await page.getByRole('button', { name: 'End all' }).count()).toBe(0)
  })

  it('says of a lease until when its token is valid, where nothing revokes that', async () => {
    const leases = full.leases.map((lease) =>
      lease.id === 'L1' ? { ...lease, tokenEndsAt: NOW + 28 * 1_440 * MINUTE + 30_000 } : lease,
    )
    const page = await built.open({ snapshot: { ...full, leases }, clicks: ['Leases'] })
    const told = page.getByText('Nothing revokes its token: valid, expires in 28 days')
    await told.waitFor()
    expect(await told.count()).toBe(1)
  })

  it('lists with an account what of it lives on without a lease', async () => {
    const lingering = ['sftpgo/home', 'svix/first'].map((id) => ({
      ...{ id: `T-${id}`, uid: id, account: id, use: 'lease', client: 'backup', madeAt: NOW },
      ...{ atService: 'until_expiry', why: `${id} cannot.`, endsAt: NOW + 5 * MINUTE + 500 },
    })) as Snapshot['lingering']
    const page = await built.open({ snapshot: { ...full, lingering }, clicks: ['sftpgo/home'] })
    const rows = page.getByRole('region', { name: 'Not revoked' }).getByRole('listitem')
    expect((await rows.allInnerTexts()).map((text) => text.split('\n').filter(Boolean))).toEqual([
      ['backup', 'Valid until it expires in 5 min: sftpgo/home cannot.'],
    ])
  })

  it('says of a token that a login made and did not keep what it is', async () => {
    const lingering: Snapshot['lingering'] = [
      {
        ...{ id: 'T1', uid: 'nobody', account: 'files.example', use: 'login', madeAt: NOW },
        ...{ atService: 'pending', why: 'files.example is down.' },
      },
    ]
    const page = await built.open({ snapshot: { ...full, lingering }, clicks: ['Leases'] })
    const rows = page.getByRole('region', { name: 'Not revoked' }).getByRole('listitem')
    expect((await rows.allInnerTexts()).map((text) => text.split('\n').filter(Boolean))).toEqual([
      ['Made while logging in', 'files.example', expect.any(String)],
    ])
  })

  it('says on its first screen how many tokens wait to be revoked', async () => {
    const status = { ...full.status, pending: 2 }
    const page = await built.open({ snapshot: { ...full, status } })
    await page
      .getByText('2 tokens are waiting to be revoked; the list of leases says for what.')
      .waitFor()
  })

  it('says below the accounts how many tokens of removed accounts live on', async () => {
    const lingering = ['sftpgo/home', 'svix/removed'].map((id) => ({
      ...{ id: `T-${id}`, uid: id, account: id, use: 'lease', client: 'backup', madeAt: NOW },
      ...{ atService: 'until_expiry', why: `${id} cannot.`, endsAt: NOW + 5 * MINUTE + 500 },
    })) as Snapshot['lingering']
    const said =
      '1 token is not revoked and belongs to no account here; the list of leases says why.'
    const page = await built.open({ snapshot: { ...full, lingering } })
    await page.getByText(said).waitFor()
    await push(page, { ...full, lingering, accounts: [] })
    await page
      .getByText(
        '2 tokens are not revoked and belong to no account here; the list of leases says why.',
      )
      .waitFor()
    await push(page, { ...full, lingering: lingering.slice(0, 1) })
    await expect.poll(() => page.getByText('to no account here').count()).toBe(0)
  })

  it('does not call a token of a removed account one of an account that has its name by now', async () => {
    const lingering: Snapshot['lingering'] = [
      {
        ...{ id: 'T1', uid: 'removed', account: 'sftpgo/home', use: 'lease', client: 'backup' },
        ...{ madeAt: NOW, atService: 'until_expiry', why: 'Nothing can.' },
      },
    ]
    const page = await built.open({ snapshot: { ...full, lingering } })
    await page
      .getByText(
        '1 token is not revoked and belongs to no account here; the list of leases says why.',
      )
      .waitFor()
    expect(await page.getByText('1 token not revoked').count()).toBe(0)
    await page.getByRole('button', { name: 'sftpgo/home', exact: true }).click()
    await page.getByRole('heading', { name: 'sftpgo/home' }).waitFor()
    expect(await page.getByRole('region', { name: 'Not revoked' }).count()).toBe(0)
  })

  it('says of an account why it needs a login, and what to do about it', async () => {
    const because = { description: 'Koyeb refused the API token.', hint: 'Make another one.' }
    const snapshot = withAccount('koyeb/work', {
      state: 'login_required',
      loginRequiredReason: because,
    })
    const page = await built.open({ snapshot, clicks: ['koyeb/work'] })
    await page.getByText('Koyeb refused the API token. Make another one. Log in again.').waitFor()
    expect(await page.getByText('The saved password no longer works.').count()).toBe(0)
  })

  it('says of an account beforehand that the end of its session takes a login', async () => {
    const snapshot = withAccount('sftpgo/home', { needsCode: true })
    const page = await built.open({ snapshot, clicks: ['sftpgo/home'] })
    await page.getByText('when its session ends, only you can log in again').waitFor()
  })
})
