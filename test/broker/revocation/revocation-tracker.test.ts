import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { idle, prepareBroker, type TestBroker, tokenOf, until } from '../../helpers/make-broker.ts'
import { MINUTE, signedIn } from '../set-ups.ts'
import {
  DAY,
  down,
  eventsOf,
  fatesOf,
  firstRun,
  keys,
  named,
  nextRun,
  unending,
} from './revocation-set-up.ts'

describe('a token that cannot be revoked', () => {
  it('is not reported as revoked by the next run, however often it starts', async () => {
    const first = await firstRun(unending)
    await first.ask()
    await first.broker.closeLeases({}, cliClient)
    let last: TestBroker = first
    for (let run = 0; run < 3; run += 1) {
      last = await nextRun(last, first.ledgerFolder)
      expect(last.broker.startupRecovery.recovery).toEqual({
        ...{ state: 'done', remaining: 0, revoked: 0, expired: 0, untilExpiry: 1, unreadable: 0 },
        resumed: 0,
      })
      expect(fatesOf(last)).toMatchObject([
        { outcome: 'until_expiry', why: 'Fake service cannot revoke it.' },
      ])
      expect(last.broker.revoker.remaining()).toMatchObject({ pending: 0, untilExpiry: 1 })
    }
    expect(last.service.alive).toHaveLength(1)
    await last.clock.advance(28 * DAY + 2 * MINUTE)
    await idle()
    expect(fatesOf(last)).toEqual([])
    expect(eventsOf(last).at(-1)).toBe('token_expired')
  })

  it('is listed until its expiry and counted by a version that does not know its service', async () => {
    const first = await firstRun(unending)
    await first.ask()
    first.crash()
    const { ledgerFolder } = first
    const next = prepareBroker({ after: first, ledgerFolder, services: [{ id: 'koyeb' }] })
    await next.broker.start()
    await until(() => next.broker.startupRecovery.recovery.state !== 'waiting')
    expect(next.broker.startupRecovery.recovery).toMatchObject({ untilExpiry: 1, unreadable: 0 })
    expect(fatesOf(next)).toMatchObject([
      {
        outcome: 'until_expiry',
        why: expect.stringMatching(/^Another version of Tokentray made it/),
      },
    ])
    await next.clock.advance(28 * DAY + 2 * MINUTE)
    await idle()
    expect([fatesOf(next), eventsOf(next).at(-1)]).toEqual([[], 'token_expired'])
  })

  it('is given to the same client again instead of minting another', async () => {
    const { ask, service, broker, account, client, issue } = await signedIn({
      services: [unending],
    })
    const first = await ask()
    const [ended] = await broker.closeLeases({}, cliClient)
    expect(ended).toMatchObject({ atService: 'until_expiry', status: { outcome: 'until_expiry' } })
    expect(broker.revoker.tracker.counts().untilExpiry).toBe(1)
    const second = await ask()
    expect(tokenOf(second)).toBe(tokenOf(first))
    expect(second.lease.id).not.toBe(first.lease.id)
    expect(broker.revoker.tracker.counts().untilExpiry).toBe(0)
    const other = await issue(client('tool', account), account)
    expect(tokenOf(other)).not.toBe(tokenOf(first))
    expect(service.calls.mint).toBe(2)
  })

  it('is given to it again after a restart, once a probe has shown that it still works', async () => {
    const first = await firstRun(unending)
    const before = await first.ask()
    const next = await nextRun(first, first.ledgerFolder)
    const again = await next.issue(cliClient, next.broker.accounts.get('sftpgo/work'))
    expect(tokenOf(again)).toBe(tokenOf(before))
    expect(next.service.calls).toMatchObject({ mint: 1, probe: 1 })
  })

  it('backs a lease that is extended instead of replaced', async () => {
    const { ask, service, clock, broker } = await signedIn({ services: [unending] })
    const first = await ask()
    await clock.advance(14.5 * MINUTE)
    const second = await ask()
    expect([second.lease.id, tokenOf(second)]).toEqual([first.lease.id, tokenOf(first)])
    expect(second.lease.lifetime.remainingMs).toBe(15 * MINUTE)
    expect([service.calls.mint, broker.leases.count]).toEqual([1, 1])
  })

  it('is not given again to a tool that reported it as refused', async () => {
    const { ask, service, issue, account } = await signedIn({ services: [unending] })
    const first = await ask()
    const second = await issue(cliClient, account, { refusedLease: first.lease.id })
    expect(tokenOf(second)).not.toBe(tokenOf(first))
    expect(service.calls.mint).toBe(2)
  })

  it('is not given again after a logout, but is after the next login', async () => {
    const { ask, service, broker, account, loginAgain } = await signedIn({ services: [unending] })
    const first = await ask()
    await broker.logins.logout(account)
    await expect(ask()).rejects.toMatchObject({
      code: 'login_required',
      message: 'sftpgo/work is logged out.',
    })
    expect(broker.leases.count).toBe(0)
    await loginAgain()
    expect(tokenOf(await ask())).toBe(tokenOf(first))
    expect(service.calls.mint).toBe(1)
  })

  it('is not given again if the account now uses another application', async () => {
    const { ask, service, broker, loginAgain } = await signedIn({ services: [unending] })
    await ask()
    await broker.closeLeases({}, cliClient)
    await loginAgain({ application: 'another' })
    await ask()
    expect(service.calls.mint).toBe(2)
  })
})

describe('a token of an account that was removed while its service was down', () => {
  it('is revoked by the next run with a session token that is still valid', async () => {
    const first = await firstRun(keys)
    await first.ask()
    first.service.outage = down()
    await first.broker.logins.remove(first.account)
    expect(await first.broker.stop(1_000)).toMatchObject({ pending: 2, untilExpiry: 0 })
    first.service.outage = null
    const next = await nextRun(first, first.ledgerFolder)
    await until(() => next.broker.startupRecovery.recovery.state === 'done')
    expect(next.service.alive).toEqual([])
    expect(next.service.calls).toMatchObject({ revokeLease: 3, login: 1 })
    expect(next.broker.startupRecovery.recovery).toMatchObject({ revoked: 2, untilExpiry: 0 })
  })

  it('is listed under the last name of the account, also in the next run and the audit log', async () => {
    const first = await firstRun(keys)
    await first.ask()
    const named = first.broker.changeAccount(first.account, { name: 'office' })
    first.service.outage = down()
    await first.broker.logins.remove(named)
    const namesOf = ({ broker }: TestBroker) =>
      broker.revoker.tracker.outstanding().map(({ item }) => broker.accounts.nameOf(item))
    expect(namesOf(first)).toEqual(['sftpgo/office', 'sftpgo/office'])
    await idle()
    const next = await nextRun(first, first.ledgerFolder)
    expect(namesOf(next)).toEqual(['sftpgo/office', 'sftpgo/office'])
    next.service.outage = null
    await next.clock.advance(2 * MINUTE)
    await until(() => next.broker.startupRecovery.recovery.state === 'done')
    const revokedOnRecord = () => next.recorded.filter(({ event }) => event === 'token_revoked')
    // The event of the last one is written after it is revoked.
    await until(() => revokedOnRecord().length > 1)
    const revoked = revokedOnRecord()
    expect(revoked.map(({ account }) => account)).toEqual(['sftpgo/office', 'sftpgo/office'])
  })

  it('is recorded as waiting, as is the session needed to revoke the others', async () => {
    const first = await firstRun(keys)
    await first.ask()
    first.service.outage = down()
    await first.broker.logins.remove(first.account)
    await idle()
    const waiting = first.recorded.filter(({ event }) => event === 'token_waiting')
    expect(waiting.map(({ reason }) => reason).sort()).toEqual([
      'It is down.',
      'It is used to revoke 1 other token first.',
    ])
  })

  it('keeps the session token for that, and drops it afterwards', async () => {
    const first = await firstRun(keys)
    await first.ask()
    first.service.failNext('revokeLease', down())
    await first.broker.logins.logout(first.account)
    expect(first.service.alive).toHaveLength(2)
    expect(fatesOf(first).map((fate) => fate.outcome === 'pending' && fate.waitsFor)).toEqual([
      'others',
      'service',
    ])
    // As soon as the lease is revoked, not when the session is next checked.
    await first.clock.advance(2_000)
    await idle()
    expect(first.service.alive).toEqual([])
    expect(fatesOf(first)).toEqual([])
  })

  it('is valid until it expires, with the reason, if nothing is left to revoke it with', async () => {
    const first = await firstRun(keys)
    first.service.lifeMs = 60 * MINUTE
    await first.ask()
    first.service.forgetAllBut(first.service.alive.at(-1) ?? '')
    first.service.outage = down()
    await first.broker.logins.remove(first.account)
    first.service.outage = null
    const next = await nextRun(first, first.ledgerFolder)
    await until(() => next.service.calls.revokeLease > 1)
    await next.clock.advance(MINUTE)
    await until(() => next.broker.startupRecovery.recovery.state === 'done')
    expect(next.service.alive).toHaveLength(1)
    expect(next.broker.startupRecovery.recovery).toMatchObject({ untilExpiry: 1 })
    expect(fatesOf(next)).toMatchObject([
      {
        outcome: 'until_expiry',
        why: 'Its account was removed, together with the credential that could revoke it.',
      },
    ])
    expect(next.recorded).toContainEqual(
      expect.objectContaining({ event: 'token_left', account: 'sftpgo/work' }),
    )
  })

  it('is not reported as revoked although the response was lost', async () => {
    const first = await firstRun(named)
    const { mint } = first.service.driver
    first.service.driver.mint = async (...call) => {
      await mint?.(...call)
      first.service.outage = down()
      throw down()
    }
    await first.ask().catch(() => undefined)
    await first.broker.logins.remove(first.account)
    first.service.outage = null
    const next = await nextRun(first, first.ledgerFolder)
    expect(next.service.alive).toHaveLength(1)
    expect(next.broker.startupRecovery.recovery).toMatchObject({
      ...{ state: 'done', revoked: 0, untilExpiry: 1 },
    })
  })
})

describe('a token whose response was lost', () => {
  it('is no longer counted once it was revoked by its name, even if it is looked up again', async () => {
    const test = await firstRun(named)
    const { mint } = test.service.driver
    test.service.driver.mint = async (...call) => {
      await mint?.(...call)
      throw down()
    }
    await test.ask().catch(() => undefined)
    await idle()
    expect(test.service.alive).toEqual([])
    expect(test.broker.revoker.tracker.counts()).toEqual({ pending: 0, untilExpiry: 0, expired: 0 })
    expect(test.broker.revoker.remaining()).toEqual({ pending: 0, untilExpiry: 0 })
    // Also if nothing is left to look it up with: it has been revoked.
    await test.broker.logins.remove(test.account)
    const next = await nextRun(test, test.ledgerFolder)
    expect(fatesOf(next)).toEqual([])
    expect(eventsOf(next)).toEqual([])
  })
})

describe('the status of a token that waits to be revoked', () => {
  it.each([
    [new TokentrayError('rate_limited', 'Slower.'), 'service', 'Slower.'],
    [new TokentrayError('invalid_request', 'You must not.'), 'service', 'You must not.'],
    [new TokentrayError('vault_locked', 'It is locked.'), 'keychain', 'It is locked.'],
  ] as const)('names the obstacle (%s)', async (error, waitsFor, why) => {
    const { ask, service, broker } = await signedIn({ services: [{ leaseKinds: ['dedicated'] }] })
    await ask()
    service.failNext('revoke', error)
    const [ended] = await broker.closeLeases({}, cliClient)
    expect(ended).toMatchObject({
      atService: 'pending',
      status: { outcome: 'pending', waitsFor, why },
    })
  })

  it('names the login that it waits for', async () => {
    const { ask, service, broker } = await firstRun(keys, true)
    await ask()
    service.forgetAllBut(service.alive.at(-1) ?? '')
    await broker.closeLeases({}, cliClient)
    // The first attempt has found the session refused.
    for (const { item } of broker.revoker.tracker.outstanding()) await broker.revoker.revoke(item)
    expect(fatesOf({ broker } as TestBroker)).toMatchObject([
      { outcome: 'pending', waitsFor: 'login' },
    ])
  })
})

describe('the audit log', () => {
  it('records the outcome for each token without being asked', async () => {
    const test = await firstRun(keys)
    const { lease } = await test.ask()
    test.service.failNext('revokeLease', down())
    await test.clock.advance(16 * MINUTE)
    await until(() => eventsOf(test).includes('token_revoked'))
    expect(test.recorded.filter(({ fingerprint }) => fingerprint === lease.fingerprint)).toEqual([
      expect.objectContaining({ event: 'issue' }),
      expect.objectContaining({ event: 'end', cause: 'expired', route: 'broker' }),
      expect.objectContaining({
        ...{ event: 'token_waiting', account: 'sftpgo/work', client: 'cli', route: 'broker' },
        ...{ lease: lease.id, code: 'temporarily_unavailable', reason: 'It is down.' },
      }),
      expect.objectContaining({ event: 'token_revoked', lease: lease.id }),
    ])
  })
})

describe('the audit log about a token that is still valid', () => {
  it('says once that it waits, however often its revocation is retried', async () => {
    const test = await firstRun({ leaseKinds: ['dedicated'], tokenless: true, lifeMs: DAY })
    await test.ask()
    test.service.outage = down()
    await test.broker.closeLeases({}, cliClient)
    for (let minute = 0; minute < 5; minute += 1) await test.clock.advance(MINUTE)
    expect(test.service.calls.revoke).toBeGreaterThan(2)
    expect(eventsOf(test)).toEqual(['token_waiting'])
  })

  it('says until when it is valid, and why, if it cannot be revoked', async () => {
    const test = await firstRun(unending)
    const { lease } = await test.ask()
    await test.broker.closeLeases({}, cliClient)
    expect(test.recorded.filter(({ event }) => event === 'token_left')).toEqual([
      {
        ...{ event: 'token_left', route: 'broker', account: 'sftpgo/work', client: 'cli' },
        ...{ fingerprint: lease.fingerprint, endsAt: lease.held.token.expiresAt },
        reason: 'Fake service cannot revoke it.',
      },
    ])
  })

  it('names its account even after that was removed', async () => {
    const test = await firstRun({ leaseKinds: ['dedicated'], tokenless: true })
    await test.ask()
    test.service.outage = down()
    await test.broker.logins.remove(test.account)
    test.service.outage = null
    await test.clock.advance(MINUTE)
    await idle()
    expect(test.recorded.filter(({ event }) => event.startsWith('token_'))).toMatchObject([
      { event: 'token_waiting', account: 'sftpgo/work' },
      { event: 'token_revoked', account: 'sftpgo/work' },
    ])
  })
})

describe('a token that can no longer be revoked because', () => {
  const byLease = { ...named, without: ['revoke'] } as const

  it('its account was logged out', async () => {
    const first = await firstRun(byLease)
    await first.ask()
    first.service.outage = down()
    await first.broker.logins.logout(first.account)
    const next = await nextRun(first, first.ledgerFolder)
    expect(fatesOf(next)).toMatchObject([
      {
        outcome: 'until_expiry',
        why: 'sftpgo/work is logged out, so there is no credential to revoke it with.',
      },
    ])
  })

  it('its account has another address', async () => {
    const first = await firstRun(byLease)
    await first.ask()
    first.service.failNext('revokeLease', down(), down())
    await first.broker.logins.loginAgain(first.account, {
      secrets: { password: new Secret(first.service.password) },
      values: { url: 'https://moved.example' },
    })
    const next = await nextRun(first, first.ledgerFolder)
    expect(fatesOf(next)).toMatchObject([
      {
        outcome: 'until_expiry',
        why: 'sftpgo/work is at another address now and cannot revoke it.',
      },
    ])
    expect(next.service.calls.revokeLease).toBe(first.service.calls.revokeLease)
  })
})

describe('revocations of an account whose connection settings changed', () => {
  it('use the current settings', async () => {
    const { ask, service, broker, loginAgain } = await signedIn({ services: [named] })
    await ask()
    await loginAgain({ caFile: '/etc/ssl/renewed.pem' })
    const [ended] = await broker.closeLeases({}, cliClient)
    expect(ended?.atService).toBe('ended')
    expect(service.lastValues).toMatchObject({ caFile: '/etc/ssl/renewed.pem' })
    expect(service.calls).toMatchObject({ mint: 1, revokeLease: 1 })
  })

  it('are done by the next run as well, with the token alone', async () => {
    const values: unknown[] = []
    const first = await firstRun({ leaseKinds: ['dedicated'], tokenless: true })
    const { revoke } = first.service.driver
    first.service.driver.revoke = async (token, given, context) => {
      values.push(given['caFile'])
      return (await revoke?.(token, given, context)) ?? 'not_supported'
    }
    await first.ask()
    await first.broker.logins.loginAgain(first.account, {
      secrets: { password: new Secret(first.service.password) },
      values: { caFile: '/etc/ssl/renewed.pem' },
    })
    await nextRun(first, first.ledgerFolder)
    await until(() => values.length > 0)
    expect(values).toEqual(['/etc/ssl/renewed.pem'])
    expect(first.service.alive).toEqual([])
  })
})

describe('a revocation that leaves an account unable to get tokens', () => {
  it('says so, and so does the account', async () => {
    const test = await firstRun({}, true)
    const tool = test.client('tool', test.account)
    await test.ask()
    await test.issue(tool, test.account)
    const [first] = await test.broker.closeLeases({ client: tool.id }, cliClient)
    expect(first).toMatchObject({ atService: 'shared' })
    expect(first).not.toHaveProperty('needsLogin')
    const [last] = await test.broker.closeLeases({}, cliClient)
    expect(last).toMatchObject({ atService: 'ended', needsLogin: true })
    expect(test.broker.accounts.get('sftpgo/work').record.state).toBe('login_required')
  })

  it('says nothing while the session still exists', async () => {
    const test = await firstRun(keys, true)
    await test.ask()
    const [ended] = await test.broker.closeLeases({}, cliClient)
    expect(ended).toMatchObject({ atService: 'ended' })
    expect(ended).not.toHaveProperty('needsLogin')
    expect(test.broker.accounts.get('sftpgo/work').record.state).toBe('signed_in')
  })

  it('says nothing if the account can log in by itself', async () => {
    const test = await firstRun({})
    await test.ask()
    const [ended] = await test.broker.closeLeases({}, cliClient)
    expect(ended).not.toHaveProperty('needsLogin')
  })
})
