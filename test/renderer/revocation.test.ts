import { describe, expect, it } from 'vitest'
import type { EndedView } from '../../preload/contract.ts'
import type { FateView, SessionTokenView } from '../../preload/snapshot.ts'
import {
  toConsequences,
  toFate,
  toRevocationLines,
  toSessionFate,
} from '../../renderer/text/revocation.ts'
import { account, lease, NOW } from './fixture-bridge/snapshots.ts'

const MINUTE = 60_000

describe('what happens to a token that is not revoked', () => {
  it.each<readonly [FateView, string]>([
    [
      { atService: 'until_expiry', why: 'Svix cannot revoke it.', endsAt: NOW + 5 * MINUTE },
      'valid until it expires in 5 min: Svix cannot revoke it.',
    ],
    [
      { atService: 'until_expiry', why: 'Svix cannot revoke it.', endsAt: NOW - 22_000 },
      'expired 22 s ago; the service may accept it for a moment longer.',
    ],
    [{ atService: 'until_expiry', why: 'Nothing can.' }, 'valid and never expires: Nothing can.'],
    [{ atService: 'pending', why: 'Log in first.' }, 'waiting to be revoked: Log in first.'],
    [
      { atService: 'pending', why: 'It is down.', retryAt: NOW + 2 * MINUTE },
      'waiting to be revoked: It is down. Next try in 2 min.',
    ],
    [
      { atService: 'pending', why: 'It is down.', retryAt: NOW + 2 * MINUTE, expired: true },
      'expired, waiting to be deleted at the service: It is down. Next try in 2 min.',
    ],
    [
      { atService: 'pending', why: 'It is down.', retryAt: NOW + MINUTE, endsAt: NOW - MINUTE },
      'waiting to be revoked: It is down. Next try in 1 min.',
    ],
  ])('is described: %j', (fate, sentence) => {
    expect(toFate(fate, NOW)).toBe(sentence)
  })

  it('is not promised a try after it expires', () => {
    const fate = { atService: 'pending', why: 'It is down.', endsAt: NOW + MINUTE } as const
    expect(toFate({ ...fate, retryAt: NOW + 5 * MINUTE }, NOW)).toBe(
      'waiting to be revoked: It is down. It expires in 1 min at the latest, before the next try.',
    )
  })
})

describe('a session token', () => {
  const token: SessionTokenView = {
    ...{ id: 't', account: 'sftpgo/home', endsAt: NOW + 9 * MINUTE },
    ...{ mayBeOut: true, revocable: true },
  }

  it.each<readonly [Partial<SessionTokenView>, string]>([
    [
      {},
      'Expires in 9 min. A tool may have it. Revoked when you revoke all active tokens, log out or quit.',
    ],
    [{ mayBeOut: false }, 'Expires in 9 min. No tool has it. Revoked when you log out or quit.'],
    [{ revocable: false }, 'Expires in 9 min. A tool may have it. The service cannot revoke it.'],
  ])(
    'is described with its expiry, who may have it and what revokes it: %j',
    (change, sentence) => {
      expect(toSessionFate({ ...token, ...change }, NOW)).toBe(sentence)
    },
  )

  it('that never expires is described so', () => {
    const { endsAt: _, ...others } = token
    expect(toSessionFate(others, NOW)).toMatch(/^Never expires\. /)
  })
})

describe('the result of a revocation', () => {
  let made = 0
  /** With its own token, unless `change` says otherwise. */
  const ended = (change: Partial<EndedView>): EndedView => ({
    ...{ client: 'backup', account: 'sftpgo/home', atService: 'ended' },
    token: `T${made++}`,
    ...change,
  })

  it('says revoked only if the service has done it, and gives each reason', () => {
    const endsAt = NOW + 5 * MINUTE
    const all = [
      ended({}),
      ended({ atService: 'pending', client: 'deploy', why: 'It is down.' }),
      ended({ atService: 'pending', client: 'cli', why: 'Log in first.' }),
      ended({ atService: 'until_expiry', client: 'tray', why: 'Nothing can.', endsAt }),
      ended({ atService: 'until_expiry', client: 'old', why: 'Koyeb cannot.' }),
    ]
    expect(toRevocationLines(all, NOW)).toEqual([
      'Revoked the token of backup for sftpgo/home.',
      'Your token for sftpgo/home is valid until it expires in 5 min: Nothing can.',
      'The token of old for sftpgo/home is valid and never expires: Koyeb cannot.',
      'The token of deploy for sftpgo/home is waiting to be revoked: It is down.',
      'Your token for sftpgo/home is waiting to be revoked: Log in first.',
    ])
  })

  it('counts a shared token once', () => {
    const one = [ended({ token: 'S' }), ended({ token: 'S', client: 'cli' })]
    expect(toRevocationLines(one, NOW)).toEqual(['Revoked 1 token for sftpgo/home (backup, you).'])
    const waiting = one.map((each) => ({ ...each, atService: 'pending' as const }))
    expect(toRevocationLines(waiting, NOW)).toEqual([
      '1 token for sftpgo/home (backup, you) is waiting to be revoked.',
    ])
  })

  it('does not say valid of a token that has expired by our clock', () => {
    const over = ended({ atService: 'until_expiry', why: 'Nothing can.', endsAt: NOW - 22_000 })
    expect(toRevocationLines([over], NOW)).toEqual([
      'The token of backup for sftpgo/home expired 22 s ago; the service may accept it for a moment longer.',
    ])
    expect(toRevocationLines([over, { ...over, client: 'cli', token: 'other' }], NOW)).toEqual([
      expect.stringMatching(
        / expired 22 s ago; the service may accept them for a moment longer\.$/,
      ),
    ])
  })

  it('names the accounts, and calls the user "you"', () => {
    const yours = ended({ client: 'tray', account: 'svix/demo' })
    expect(toRevocationLines([yours], NOW)).toEqual(['Revoked your token for svix/demo.'])
    expect(toRevocationLines([yours, ended({ client: 'cli', account: 'svix/demo' })], NOW)).toEqual(
      ['Revoked 2 tokens for svix/demo (you).'],
    )
    expect(toRevocationLines([yours, ended({})], NOW)).toEqual([
      'Revoked 2 tokens for svix/demo, sftpgo/home (you, backup).',
    ])
    const shared = ended({ client: 'cli', atService: 'shared', endsAt: NOW + MINUTE })
    expect(toRevocationLines([shared], NOW)).toEqual([
      'Released your token for sftpgo/home: others still use it, and it expires in 1 min.',
    ])
    expect(toRevocationLines([{ ...shared, endsAt: NOW - 1000 }], NOW)).toEqual([
      'Released your token for sftpgo/home: others still use it, and it expired 1 s ago.',
    ])
    const many = ['a', 'b', 'c', 'd'].map((name) =>
      ended({ client: name, account: `svix/${name}` }),
    )
    expect(toRevocationLines(many, NOW)).toEqual(['Revoked 4 tokens for 4 accounts.'])
  })

  it('names the account of a session token without a lease', () => {
    const { client: _, ...session } = ended({})
    expect(toRevocationLines([session], NOW)).toEqual(['Revoked the session token of sftpgo/home.'])
    expect(
      toRevocationLines([{ ...session, atService: 'pending', why: 'It is down.' }], NOW),
    ).toEqual(['The session token of sftpgo/home is waiting to be revoked: It is down.'])
  })

  it('says once for which account tools get no new tokens', () => {
    const needsLogin = true
    expect(toRevocationLines([ended({ needsLogin }), ended({ needsLogin })], NOW).at(-1)).toBe(
      'Tools get no new tokens for sftpgo/home until you log in again.',
    )
    expect(toRevocationLines([ended({ needsLogin }), ended({ needsLogin })], NOW)).toHaveLength(2)
  })
})

describe('what revoking all tokens means', () => {
  const home = account('sftpgo/home', { needsCode: true })
  const atOnce = 'You stay logged in: tools can ask for new tokens right away.'
  const needsCode =
    'sftpgo/home needs a one-time code: tools get no new tokens until you log in again.'

  it('is that tools get no tokens without a login if the revoked session took a code', () => {
    expect(toConsequences([home], [lease('L')], [])).toEqual([needsCode])
    const session = { id: 't', account: 'sftpgo/home', mayBeOut: true, revocable: true }
    expect(toConsequences([home], [], [session])).toEqual([needsCode])
    const own = { ...home, leaseKind: 'dedicated' } as const
    expect(toConsequences([own], [], [session])).toEqual([needsCode])
  })

  it('is nothing for an account whose session stays, or that needs no code', () => {
    expect(toConsequences([account('sftpgo/home')], [lease('L')], [])).toEqual([atOnce])
    const own = { ...home, leaseKind: 'dedicated' } as const
    expect(toConsequences([own], [lease('L')], [])).toEqual([atOnce])
    const unused = { id: 't', account: 'sftpgo/home', mayBeOut: false, revocable: true }
    expect(toConsequences([home], [], [unused])).toEqual([atOnce])
  })
})
