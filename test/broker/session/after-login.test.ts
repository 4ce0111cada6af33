import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import type { FakeServiceOptions } from '../../helpers/fake-provider.ts'
import { idle, tokenOf } from '../../helpers/make-broker.ts'
import { signedIn, signedInWithTool } from '../set-ups.ts'

const ways: readonly (readonly [string, FakeServiceOptions])[] = [
  ['a shared token', {}],
  ['a shared token that cannot be probed', { without: ['probe'] }],
  ['its own token', { leaseKinds: ['dedicated'] }],
  ['its own token that cannot be probed', { leaseKinds: ['dedicated'], without: ['probe'] }],
  [
    'its own token that is made with the session',
    { leaseKinds: ['dedicated'], mintsFrom: 'session', with: ['revokeLease'] },
  ],
]

describe('a user who logs in because tokens stopped working', () => {
  it.each(ways)('does not get them again: %s', async (_, service) => {
    const test = await signedInWithTool({ services: [service] })
    const first = await test.ask()
    const tool = await test.issue(test.tool, test.account)
    // Like a server that was restarted.
    test.service.forgetTokens()
    await test.loginAgain()
    const again = await test.ask()
    expect(tokenOf(again)).not.toBe(tokenOf(first))
    expect(test.service.accepts(tokenOf(again))).toBe(true)
    const other = await test.issue(test.tool, test.account)
    expect(tokenOf(other)).not.toBe(tokenOf(tool))
    expect(test.service.accepts(tokenOf(other))).toBe(true)
    // No lease is listed for a token that does not work.
    await idle()
    const held = test.broker.leases.list().map((lease) => lease.held.token.value.reveal())
    expect(held.filter((token) => !test.service.accepts(token))).toEqual([])
  })

  it('finds no lease of any client on a refused token', async () => {
    const test = await signedInWithTool()
    await test.ask()
    await test.issue(test.tool, test.account)
    test.service.forgetTokens()
    await test.loginAgain()
    const again = await test.ask()
    expect(test.broker.leases.list()).toEqual([again.lease])
  })

  it('keeps a dedicated token that still works', async () => {
    const test = await signedIn({ services: [{ leaseKinds: ['dedicated'] }] })
    const first = await test.ask()
    await test.loginAgain()
    expect(tokenOf(await test.ask())).toBe(tokenOf(first))
    expect(test.service.calls).toMatchObject({ mint: 1, probe: 1 })
  })

  it('gets the existing token while it cannot be probed', async () => {
    const test = await signedIn({ services: [{ leaseKinds: ['dedicated'] }] })
    const first = await test.ask()
    await test.loginAgain()
    test.service.failNext('probe', new TokentrayError('temporarily_unavailable'))
    expect(tokenOf(await test.ask())).toBe(tokenOf(first))
  })

  it('keeps the token of the login itself', async () => {
    const test = await signedIn({ services: [{ without: ['probe'] }] })
    await test.ask()
    await test.loginAgain()
    const fresh = await test.ask()
    test.broker.lock()
    test.broker.unlock()
    expect(tokenOf(await test.ask())).toBe(tokenOf(fresh))
    expect(test.service.calls.login).toBe(2)
  })

  it('has tokens probed with the current connection settings of the account', async () => {
    const test = await signedIn({ services: [{ leaseKinds: ['dedicated'] }] })
    const first = await test.ask()
    const files: unknown[] = []
    const { probe } = test.service.driver
    test.service.driver.probe = async (token, values, context) => {
      files.push(values['caFile'])
      return (await probe?.(token, values, context)) ?? 'refused'
    }
    await test.loginAgain({ caFile: '/etc/ssl/renewed.pem' })
    expect(tokenOf(await test.ask())).toBe(tokenOf(first))
    expect(files).toEqual(['/etc/ssl/renewed.pem'])
    expect(test.service.calls.mint).toBe(1)
  })

  it('has tokens probed again after a lock', async () => {
    const test = await signedIn({ services: [{ leaseKinds: ['dedicated'] }] })
    const first = await test.ask()
    test.service.forgetTokens()
    test.broker.lock()
    test.broker.unlock()
    const again = await test.ask()
    expect(tokenOf(again)).not.toBe(tokenOf(first))
    expect(test.service.accepts(tokenOf(again))).toBe(true)
  })
})

describe('a request without a minimum validity', () => {
  it.each([30, 60])(
    'is not warned about a lease of %d seconds that is as good as possible',
    async (seconds) => {
      const test = await signedIn({ services: [{ leaseKinds: ['dedicated'] }] })
      test.broker.changeAccount(test.account, { leaseSeconds: seconds })
      await test.clock.advance(1_500)
      for (let ask = 0; ask < 3; ask += 1) {
        expect((await test.ask()).minValidityMet).toBe(true)
        await test.clock.advance(1_500)
      }
      expect((await test.ask(seconds + 1)).minValidityMet).toBe(false)
    },
  )
})
