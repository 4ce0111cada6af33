import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { codeOf, refusalOf } from '../../helpers/make-broker.ts'
import { MINUTE, signedIn } from '../set-ups.ts'

/** Indicates that the token may be too old: if a new one is refused as well, the call is at fault. */
function mayBeOld(): TokentrayError {
  const ofNewToken = new TokentrayError('invalid_request', 'You lack the right to make keys.')
  return new TokentrayError('wrong_credentials', 'You lack the right.', { ofNewToken })
}

/** Leases are made with the session token, whose permissions are fixed when it is created. */
async function keysWithoutRights() {
  const test = await signedIn({
    services: [{ leaseKinds: ['dedicated'], mintsFrom: 'session', with: ['revokeLease'] }],
  })
  const { service } = test
  const { mint } = service.driver
  const rights = { areGiven: false }
  service.driver.mint = async (...call) => {
    service.calls.mint += 1
    if (!rights.areGiven || !mint) throw mayBeOld()
    return await mint(...call)
  }
  return { ...test, rights }
}

describe('a refusal that may be due to the age of the token', () => {
  it('causes one new login, and is then treated as final', async () => {
    const { ask, service } = await keysWithoutRights()
    expect((await refusalOf(ask())).message).toContain('You lack the right to make keys.')
    expect(service.calls).toMatchObject({ login: 2, mint: 2 })
  })

  it('is resolved by that login if permissions were granted', async () => {
    const { ask, service, rights, account, clock } = await keysWithoutRights()
    const { login } = service.provider
    service.provider.login = (form, context) => {
      rights.areGiven = true
      return login(form, context)
    }
    expect(service.accepts((await ask()).lease.held.token.value.reveal())).toBe(true)
    expect(service.calls.login).toBe(2)
    expect(account.session.current?.addedAt).toBe(clock.now())
  })

  it('causes no other login for a minute, and one after that', async () => {
    const { ask, service, clock } = await keysWithoutRights()
    await codeOf(ask())
    await codeOf(ask())
    await codeOf(ask())
    expect(service.calls).toMatchObject({ login: 2, mint: 4 })
    await clock.advance(MINUTE)
    await codeOf(ask())
    expect(service.calls.login).toBe(3)
  })
})
