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

/** The full snapshot with one account changed. */
const withAccount = (id: string, change: Partial<AccountView>): Snapshot => ({
  ...full,
  accounts: full.accounts.map((each) => (each.id === id ? { ...each, ...change } : each)),
})

describeWith([chromium], 'the window', () => {
  const built = withPage()

  it('lists session tokens without a lease, and what revokes each', async () => {
    const page = await built.open({
      snapshot: {
        ...full,
        leases: [],
        sessions: [session, { ...session, id: 'S2', account: 'svix/first', revocable: false }],
      },
      clicks: ['Tokens'],
    })
    const rows = page.getByRole('region', { name: 'Session tokens' }).getByRole('listitem')
    expect((await rows.allInnerTexts()).map((text) => text.split('\n').filter(Boolean))).toEqual([
      [
        ...['Session token', 'sftpgo/home'],
        'Expires in 9 min. A tool may have it. Revoked when you revoke all active tokens, log out or quit.',
      ],
      [
        ...['Session token', 'svix/first'],
        'Expires in 9 min. A tool may have it. The service cannot revoke it.',
      ],
    ])
    expect(await page.getByText('No active tokens').count()).toBe(0)
  })

  it('revokes session tokens that tools may have, after a question that names their account', async () => {
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
      clicks: ['Tokens', 'Revoke all'],
    })
    await page.getByText('Revoke the active token?').waitFor()
    await page.getByText('1 session token that a tool may have will be revoked').waitFor()
    await page.getByText('sftpgo/home needs a one-time code').waitFor()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke all' }).click()
    expect(await lastCall(page, 'endAll')).toEqual([])
    await page.getByText('Revoked the session token of sftpgo/home.').waitFor()
  })

  it('does not offer to revoke all if no tool has a token', async () => {
    const page = await built.open({
      snapshot: { ...full, leases: [], sessions: [{ ...session, mayBeOut: false }] },
      clicks: ['Tokens'],
    })
    await page.getByRole('region', { name: 'Session tokens' }).waitFor()
    expect(await page.getByRole('button', { name: 'Revoke all' }).count()).toBe(0)
  })

  it('shows how long an active token stays valid if the service cannot revoke it', async () => {
    const leases = full.leases.map((lease) =>
      lease.id === 'L1' ? { ...lease, tokenEndsAt: NOW + 28 * 1_440 * MINUTE + 30_000 } : lease,
    )
    const page = await built.open({ snapshot: { ...full, leases }, clicks: ['Tokens'] })
    const told = page.getByText('Stays valid at the service for 28 days')
    await told.waitFor()
    expect(await told.count()).toBe(1)
  })

  it('lists the unrevoked tokens of an account on its screen', async () => {
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

  it('describes a token that a failed login created', async () => {
    const lingering: Snapshot['lingering'] = [
      {
        ...{ id: 'T1', uid: 'nobody', account: 'files.example', use: 'login', madeAt: NOW },
        ...{ atService: 'pending', why: 'files.example is down.' },
      },
    ]
    const page = await built.open({ snapshot: { ...full, lingering }, clicks: ['Tokens'] })
    const rows = page.getByRole('region', { name: 'Not revoked' }).getByRole('listitem')
    expect((await rows.allInnerTexts()).map((text) => text.split('\n').filter(Boolean))).toEqual([
      ['Created while logging in', 'files.example', expect.any(String)],
    ])
  })

  it('shows on the first screen how many tokens are waiting to be revoked', async () => {
    const status = { ...full.status, pending: 2 }
    const page = await built.open({ snapshot: { ...full, status } })
    await page.getByText('2 tokens are waiting to be revoked. See Tokens for details.').waitFor()
  })

  it('shows below the accounts how many tokens of removed accounts are not revoked', async () => {
    const lingering = ['sftpgo/home', 'svix/removed'].map((id) => ({
      ...{ id: `T-${id}`, uid: id, account: id, use: 'lease', client: 'backup', madeAt: NOW },
      ...{ atService: 'until_expiry', why: `${id} cannot.`, endsAt: NOW + 5 * MINUTE + 500 },
    })) as Snapshot['lingering']
    const said =
      '1 token is not revoked and belongs to no account listed here. See Tokens for details.'
    const page = await built.open({ snapshot: { ...full, lingering } })
    await page.getByText(said).waitFor()
    await push(page, { ...full, lingering, accounts: [] })
    await page
      .getByText(
        '2 tokens are not revoked and belong to no account listed here. See Tokens for details.',
      )
      .waitFor()
    await push(page, { ...full, lingering: lingering.slice(0, 1) })
    await expect.poll(() => page.getByText('to no account listed here').count()).toBe(0)
  })

  it('does not attribute a token of a removed account to a new account with its name', async () => {
    const lingering: Snapshot['lingering'] = [
      {
        ...{ id: 'T1', uid: 'removed', account: 'sftpgo/home', use: 'lease', client: 'backup' },
        ...{ madeAt: NOW, atService: 'until_expiry', why: 'Nothing can.' },
      },
    ]
    const page = await built.open({ snapshot: { ...full, lingering } })
    await page
      .getByText(
        '1 token is not revoked and belongs to no account listed here. See Tokens for details.',
      )
      .waitFor()
    expect(await page.getByText('1 token not revoked').count()).toBe(0)
    await page.getByRole('button', { name: 'sftpgo/home', exact: true }).click()
    await page.getByRole('heading', { name: 'sftpgo/home' }).waitFor()
    expect(await page.getByRole('region', { name: 'Not revoked' }).count()).toBe(0)
  })

  it('shows why an account needs a login, and what to do', async () => {
    const because = { description: 'Koyeb refused the API token.', hint: 'Make another one.' }
    const snapshot = withAccount('koyeb/work', {
      state: 'login_required',
      loginRequiredReason: because,
    })
    const page = await built.open({ snapshot, clicks: ['koyeb/work'] })
    await page.getByText('Koyeb refused the API token. Make another one. Log in again.').waitFor()
    expect(await page.getByText('The saved password no longer works.').count()).toBe(0)
  })

  it('says in advance that an account will need a login when its session ends', async () => {
    const snapshot = withAccount('sftpgo/home', { needsCode: true })
    const page = await built.open({ snapshot, clicks: ['sftpgo/home'] })
    await page.getByText('when its session ends, you must log in again').waitFor()
  })
})
