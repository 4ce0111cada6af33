import { describe, expect, it } from 'vitest'
import type { EndedView } from '../../preload/contract.ts'
import type { FateView, SessionTokenView } from '../../preload/snapshot.ts'
import { toConsequences, toEndings, toFate, toSessionFate } from '../../renderer/text/endings.ts'
import { account, lease, NOW } from './fixture-bridge/snapshots.ts'

const MINUTE = 60_000

describe('what becomes of a token that is not revoked', () => {
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
  ])('is said in the words for it: %j', (fate, sentence) => {
    expect(toFate(fate, NOW)).toBe(sentence)
  })

  it('is promised no try for after its end', () => {
    const fate = { atService: 'pending', why: 'It is down.', endsAt: NOW + MINUTE } as const
    expect(toFate({ ...fate, retryAt: NOW + 5 * MINUTE }, NOW)).toBe(
      'waiting to be revoked: It is down. Valid until it expires in 1 min at the latest: no try comes before that.',
    )
  })
})

describe("a session's own token", () => {
  const token: SessionTokenView = {
    ...{ id: 't', account: 'sftpgo/home', endsAt: NOW + 9 * MINUTE },
    ...{ mayBeOut: true, revocable: true },
  }

  it.each<readonly [Partial<SessionTokenView>, string]>([
    [
      {},
      'Expires in 9 min; a tool may have it; revoked when all leases are ended, at log-out or on quit.',
    ],
    [{ mayBeOut: false }, 'Expires in 9 min; no tool has it; revoked at log-out or on quit.'],
    [{ revocable: false }, 'Expires in 9 min; a tool may have it; nothing can revoke it.'],
  ])('is told with its end, who may have it, and how it ends: %j', (change, sentence) => {
    expect(toSessionFate({ ...token, ...change }, NOW)).toBe(sentence)
  })

  it('that never expires is called that', () => {
    const { endsAt: _, ...others } = token
    expect(toSessionFate(others, NOW)).toMatch(/^Never expires; /)
  })
})

describe('what ending came to', () => {
  let made = 0
  /** Of a token of its own, unless said otherwise. */
  const ended = (change: Partial<EndedView>): EndedView => ({
    ...{ client: 'backup', account: 'sftpgo/home', atService: 'ended' },
    token: `T${made++}`,
    ...change,
  })

  it('is called revoked only where the service has done it, and each reason is said', () => {
    const endsAt = NOW + 5 * MINUTE
    const all = [
      ended({}),
      ended({ atService: 'pending', client: 'deploy', why: 'It is down.' }),
      ended({ atService: 'pending', client: 'cli', why: 'Log in first.' }),
      ended({ atService: 'until_expiry', client: 'tray', why: 'Nothing can.', endsAt }),
      ended({ atService: 'until_expiry', client: 'old', why: 'Koyeb cannot.' }),
    ]
    expect(toEndings(all, NOW)).toEqual([
      'Revoked the token of backup for sftpgo/home.',
      'Your token for sftpgo/home is valid until it expires in 5 min: Nothing can.',
      'The token of old for sftpgo/home is valid and never expires: Koyeb cannot.',
      'The token of deploy for sftpgo/home is waiting to be revoked: It is down.',
      'Your token for sftpgo/home is waiting to be revoked: Log in first.',
    ])
  })

  it('counts a token once that several held', () => {
    const one = [ended({ token: 'S' }), ended({ token: 'S', client: 'cli' })]
    expect(toEndings(one, NOW)).toEqual(['Revoked 1 token of backup, you for sftpgo/home.'])
    const waiting = one.map((each) => ({ ...each, atService: 'pending' as const }))
    expect(toEndings(waiting, NOW)).toEqual([
      '1 token of backup, you for sftpgo/home is waiting to be revoked.',
    ])
  })

  it('are not said to be valid of what has expired by our clock', () => {
    const over = ended({ atService: 'until_expiry', why: 'Nothing can.', endsAt: NOW - 22_000 })
    expect(toEndings([over], NOW)).toEqual([
      'The token of backup for sftpgo/home expired 22 s ago; the service may accept it for a moment longer.',
    ])
    expect(toEndings([over, { ...over, client: 'cli', token: 'other' }], NOW)).toEqual([
      expect.stringMatching(
        / expired 22 s ago; the service may accept them for a moment longer\.$/,
      ),
    ])
  })

  it('names the account, and calls the person "you", also where there are many', () => {
    const yours = ended({ client: 'tray', account: 'svix/demo' })
    expect(toEndings([yours], NOW)).toEqual(['Revoked your token for svix/demo.'])
    expect(toEndings([yours, ended({ client: 'cli', account: 'svix/demo' })], NOW)).toEqual([
      'Revoked 2 tokens of you for svix/demo.',
    ])
    expect(toEndings([yours, ended({})], NOW)).toEqual([
      'Revoked 2 tokens of you, backup for svix/demo, sftpgo/home.',
    ])
    const shared = ended({ client: 'cli', atService: 'shared', endsAt: NOW + MINUTE })
    expect(toEndings([shared], NOW)).toEqual([
      'Your token for sftpgo/home ended for you; others hold the same token, which expires in 1 min.',
    ])
    expect(toEndings([{ ...shared, endsAt: NOW - 1000 }], NOW)).toEqual([
      'Your token for sftpgo/home ended for you; others hold the same token, which expired 1 s ago.',
    ])
    const many = ['a', 'b', 'c', 'd'].map((name) =>
      ended({ client: name, account: `svix/${name}` }),
    )
    expect(toEndings(many, NOW)).toEqual(['Revoked 4 tokens for 4 accounts.'])
  })

  it('of a session without a lease names its account, not a tool', () => {
    const { client: _, ...session } = ended({})
    expect(toEndings([session], NOW)).toEqual(['Revoked the session token of sftpgo/home.'])
    expect(toEndings([{ ...session, atService: 'pending', why: 'It is down.' }], NOW)).toEqual([
      'The session token of sftpgo/home is waiting to be revoked: It is down.',
    ])
  })

  it('says once which account gives no new tokens any more', () => {
    const needsLogin = true
    expect(toEndings([ended({ needsLogin }), ended({ needsLogin })], NOW).at(-1)).toBe(
      'sftpgo/home gives no new tokens before you log in again.',
    )
    expect(toEndings([ended({ needsLogin }), ended({ needsLogin })], NOW)).toHaveLength(2)
  })
})

describe('what follows when all leases end', () => {
  const home = account('sftpgo/home', { needsCode: true })
  const atOnce = 'Credentials are kept: tools can ask for new tokens at once.'
  const needsCode =
    'sftpgo/home needs a one-time code: tools get no new tokens before you log in again.'

  it('is no new token without a login where the session that ends took a code', () => {
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
