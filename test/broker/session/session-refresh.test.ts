import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { type BrokerOptions, codeOf, idle, tokenOf } from '../../helpers/make-broker.ts'
import { MINUTE, signedIn } from '../set-ups.ts'

const refreshing: BrokerOptions = { services: [{ with: ['refresh'] }] }

describe('a session whose service makes a token from the current one', () => {
  it('is renewed that way ahead of its expiry, without a login', async () => {
    const { ask, clock, service } = await signedIn(refreshing)
    const first = await ask()
    await clock.advance(17 * MINUTE)
    await idle()
    expect(service.calls).toMatchObject({ login: 1, refresh: 1 })
    expect(tokenOf(await ask())).not.toBe(tokenOf(first))
  })

  it('has its new token in the ledger, and probed, before the old one is released', async () => {
    const { ask, clock, service, journal, forgetRecords } = await signedIn(refreshing)
    await ask()
    const order: string[] = []
    const { probe, revoke } = service.driver
    if (!probe || !revoke) throw new Error('The service should have both.')
    service.driver.probe = (...call) => {
      order.push(`probe, after ${journal.join(' ')}`)
      return probe(...call)
    }
    service.driver.revoke = (...call) => {
      order.push('revoke')
      return revoke(...call)
    }
    forgetRecords()
    await clock.advance(17 * MINUTE)
    await idle()
    expect(order).toEqual(['probe, after end add', 'revoke'])
    expect(service.alive).toHaveLength(1)
  })

  it('keeps the old token for the leases that use it', async () => {
    const { ask, clock, service } = await signedIn(refreshing)
    await clock.advance(5 * MINUTE)
    const first = await ask()
    await clock.advance(12 * MINUTE)
    await idle()
    expect(service.calls.refresh).toBe(1)
    expect(service.alive).toContain(tokenOf(first))
    await clock.advance(3 * MINUTE)
    await idle()
    expect(service.alive).not.toContain(tokenOf(first))
  })

  it('does not return the old token again, whatever the service did with it', async () => {
    const { ask, clock, service } = await signedIn(refreshing)
    await clock.advance(5 * MINUTE)
    const first = await ask()
    await clock.advance(12 * MINUTE)
    await idle()
    service.forget(tokenOf(first))
    const next = await ask()
    expect(service.accepts(tokenOf(next))).toBe(true)
  })

  it('logs in once if the current token is refused', async () => {
    const { ask, clock, service } = await signedIn(refreshing)
    await ask()
    service.forgetTokens()
    await clock.advance(17 * MINUTE)
    await idle()
    expect(service.calls).toMatchObject({ refresh: 1, login: 2 })
    expect(service.accepts(tokenOf(await ask()))).toBe(true)
  })

  it('logs in if the service no longer supports the renewal', async () => {
    const { ask, clock, service } = await signedIn(refreshing)
    await ask()
    service.failNext('refresh', new TokentrayError('not_supported'))
    await clock.advance(17 * MINUTE)
    await idle()
    expect(service.calls).toMatchObject({ refresh: 1, login: 2 })
  })

  it('keeps using the old token while the service is down', async () => {
    const { ask, clock, service } = await signedIn(refreshing)
    const first = await ask()
    service.outage = new TokentrayError('temporarily_unavailable')
    await clock.advance(17 * MINUTE)
    await idle()
    expect(tokenOf(await ask())).toBe(tokenOf(first))
    expect(service.calls.login).toBe(1)
  })

  it('drops a new token that the service refuses, and logs in', async () => {
    const { ask, clock, service } = await signedIn(refreshing)
    await ask()
    service.driver.probe = async () => 'refused'
    await clock.advance(17 * MINUTE)
    await idle()
    expect(service.calls).toMatchObject({ refresh: 1, login: 2, revoke: 2 })
    expect(service.alive).toHaveLength(1)
  })

  it('needs no code from the user for an account with one-time codes', async () => {
    const test = await signedIn(refreshing)
    test.service.code = '123456'
    const account = await test.newAccount('coded', 0, '123456')
    const first = await test.issue(cliClient, account)
    await test.clock.advance(17 * MINUTE)
    await idle()
    expect(tokenOf(await test.issue(cliClient, account))).not.toBe(tokenOf(first))
    expect(test.notified).toEqual([])
  })

  it('revokes a token that arrives after a logout', async () => {
    const { ask, clock, service, broker, account } = await signedIn(refreshing)
    await ask()
    const gate = service.hold('refresh', 'after')
    await clock.advance(17 * MINUTE)
    await idle()
    await broker.logins.logout(account)
    gate.open()
    await idle()
    expect(service.alive).toEqual([])
    expect(await codeOf(ask())).toBe('login_required')
  })
})

describe('a login that returns no token', () => {
  it('keeps an account whose leases have their own tokens', async () => {
    const { ask, service } = await signedIn({
      services: [{ leaseKinds: ['dedicated'], tokenless: true }],
    })
    expect(service.alive).toEqual([])
    expect(service.accepts(tokenOf(await ask()))).toBe(true)
  })

  it('is an unexpected answer if leases share a token', async () => {
    const { ask, clock } = await signedIn({ services: [{ tokenless: true }] })
    expect(await codeOf(ask())).toBe('unexpected_answer')
    await clock.advance(MINUTE)
    expect(await codeOf(ask())).toBe('unexpected_answer')
  })

  it('marks an account whose service has discontinued this login, with the message of the service', async () => {
    const { ask, service, clock, notified, state } = await signedIn()
    await clock.advance(20 * MINUTE)
    service.failNext('login', new TokentrayError('not_supported', 'It has moved.'))
    const refused = ask()
    await expect(refused).rejects.toMatchObject({
      code: 'login_required',
      message: expect.stringContaining('It has moved.'),
    })
    expect(await codeOf(ask())).toBe('login_required')
    expect(service.calls.login).toBe(2)
    expect(notified).toEqual(['sftpgo/work'])
    expect(state()).toBe('login_required')
  })
})
