import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { Changes } from '../../main/broker/changes.ts'
import { cliClient } from '../../main/broker/clients.ts'
import { idle } from '../helpers/make-broker.ts'
import { MINUTE, signedIn } from './set-ups.ts'

describe('a listener for changes of the broker', () => {
  it('is called for each change until it unsubscribes', () => {
    const changes = new Changes()
    const told: string[] = []
    const stop = changes.on(() => told.push('one'))
    changes.on(() => told.push('other'))
    changes.tell()
    stop()
    changes.tell()
    expect(told).toEqual(['one', 'other', 'other'])
  })

  /** Whether a listener was called during that action. */
  async function noticed(
    test: Awaited<ReturnType<typeof signedIn>>,
    act: () => unknown,
  ): Promise<boolean> {
    let told = 0
    const stop = test.broker.changes.on(() => {
      told += 1
    })
    await act()
    await idle()
    stop()
    return told > 0
  }

  it('is called for leases, logins, logouts, locks, account changes and pending revocations', async () => {
    const test = await signedIn()
    const { broker, account, service, ask, clock, loginAgain } = test
    expect(await noticed(test, () => ask())).toBe(true)
    expect(await noticed(test, () => broker.closeLeases({}, cliClient))).toBe(true)
    expect(await noticed(test, () => broker.lock())).toBe(true)
    expect(await noticed(test, () => broker.unlock())).toBe(true)
    expect(await noticed(test, () => broker.changeAccount(account, { leaseSeconds: 60 }))).toBe(
      true,
    )
    await ask()
    service.outage = new TokentrayError('temporarily_unavailable')
    expect(await noticed(test, () => broker.logins.logout(account))).toBe(true)
    service.outage = null
    expect(await noticed(test, () => clock.advance(2 * MINUTE))).toBe(true)
    expect(await noticed(test, () => loginAgain())).toBe(true)
  })

  it('is called for a session that was renewed ahead of its expiry', async () => {
    const test = await signedIn()
    await test.ask()
    expect(await noticed(test, () => test.clock.advance(17 * MINUTE))).toBe(true)
    expect(test.service.calls.login).toBe(2)
  })

  it('is called for an expiry, but not for every tick', async () => {
    const test = await signedIn()
    await test.ask()
    // The start has finished.
    await test.clock.advance(1)
    const session = test.broker.leases.list()[0]?.held.lifetime.remainingMs ?? 0
    expect(session).toBeGreaterThan(4 * MINUTE)
    expect(await noticed(test, () => test.clock.advance(4 * MINUTE))).toBe(false)
    expect(await noticed(test, () => test.clock.advance(20 * MINUTE))).toBe(true)
  })

  it('is not called if nothing has changed', async () => {
    const test = await signedIn()
    await test.ask()
    expect(await noticed(test, () => test.ask())).toBe(false)
  })
})
