import { describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { idle, tokenOf, until } from '../../helpers/make-broker.ts'
import { MINUTE } from '../set-ups.ts'
import { DAY, down, eventsOf, fatesOf, firstRun, keys, nextRun } from './revocation-set-up.ts'

describe('an expired key that its service still lists', () => {
  it('is removed when the service is back, however late', async () => {
    const test = await firstRun(keys)
    const key = tokenOf(await test.ask())
    test.service.outage = down()
    await test.clock.advance(40 * MINUTE)
    await idle()
    expect(test.service.listed).toContain(key)
    expect(test.broker.revoker.tracker.counts()).toEqual({ pending: 0, untilExpiry: 0, expired: 1 })
    expect(test.broker.revoker.remaining()).toEqual({ pending: 0, untilExpiry: 0 })
    test.service.outage = null
    await test.clock.advance(2 * MINUTE)
    await until(() => test.broker.revoker.tracker.counts().expired === 0)
    expect(test.service.listed).not.toContain(key)
  })

  it('is removed by a run that starts after its expiry', async () => {
    const first = await firstRun(keys)
    const { lease } = await first.ask()
    first.crash()
    first.clock.sleep(DAY)
    const next = await nextRun(first, first.ledgerFolder)
    await until(() => !next.service.listed.includes(lease.held.token.value.reveal()))
    await until(() => fatesOf(next).length === 0)
  })

  it('waits for the login of an administrator who needs a code', async () => {
    const test = await firstRun(keys, true)
    const key = tokenOf(await test.ask())
    test.service.outage = down()
    await test.clock.advance(40 * MINUTE)
    await idle()
    test.service.outage = null
    await test.clock.advance(2 * MINUTE)
    await idle()
    expect(fatesOf(test)).toMatchObject([{ waitsFor: 'login', isExpired: true }])
    expect(test.service.listed).toContain(key)
    await test.broker.logins.loginAgain(test.account, {
      secrets: { password: new Secret(test.service.password) },
      oneTimeCode: new Secret('123456'),
    })
    await until(() => !test.service.listed.includes(key))
    await until(() => fatesOf(test).length === 0)
  })

  it('waits for the next login if its account was logged out', async () => {
    const test = await firstRun(keys)
    const key = tokenOf(await test.ask())
    test.service.outage = down()
    await test.broker.logins.logout(test.account)
    await test.clock.advance(60 * MINUTE)
    await idle()
    expect(fatesOf(test)).toMatchObject([
      { waitsFor: 'login', why: 'Log in to sftpgo/work again.', isExpired: true },
    ])
    test.service.outage = null
    await test.broker.logins.loginAgain(test.account, {
      secrets: { password: new Secret(test.service.password) },
    })
    await until(() => !test.service.listed.includes(key))
    await until(() => fatesOf(test).length === 0)
  })

  it('is dropped at its expiry if nothing could have revoked it before', async () => {
    const first = await firstRun(keys)
    first.service.lifeMs = 60 * MINUTE
    await first.ask()
    first.service.forgetAllBut(first.service.alive.at(-1) ?? '')
    first.service.outage = down()
    await first.broker.logins.remove(first.account)
    first.service.outage = null
    const next = await nextRun(first, first.ledgerFolder)
    await next.clock.advance(MINUTE)
    await until(() => fatesOf(next).some(({ outcome }) => outcome === 'until_expiry'))
    await next.clock.advance(62 * MINUTE)
    await idle()
    expect(fatesOf(next)).toEqual([])
    expect(eventsOf(next).at(-1)).toBe('token_given_up')
  })

  it('is dropped, and recorded as such, once its account is removed', async () => {
    const test = await firstRun(keys)
    await test.ask()
    test.service.outage = down()
    await test.broker.logins.remove(test.account)
    await test.clock.advance(60 * MINUTE)
    await idle()
    expect(fatesOf(test)).toEqual([])
    expect(eventsOf(test)).toContain('token_given_up')
  })
})
