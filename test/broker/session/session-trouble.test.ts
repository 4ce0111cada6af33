import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { credentialKey } from '../../../main/broker/account/keychain-items.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { codeOf, makeBroker, refusalOf } from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { MINUTE, signedIn } from '../set-ups.ts'

const down = () => new TokentrayError('temporarily_unavailable')

describe('while the service is down', () => {
  it('returns the old token to those it satisfies, and tells the others when to retry', async () => {
    const { clock, service, ask } = await signedIn()
    await clock.advance(15 * MINUTE)
    service.outage = down()
    expect((await ask(120)).minValidityMet).toBe(true)
    const refusal = await refusalOf(ask(600))
    expect(refusal.code).toBe('temporarily_unavailable')
    expect((await ask(120)).minValidityMet).toBe(true)
    expect((await refusalOf(ask(600))).retryAt).toBe(clock.now() + 750)
  })

  it('does not call the service before the pause is over', async () => {
    const { clock, service, ask } = await signedIn()
    await clock.advance(20 * MINUTE)
    service.outage = down()
    for (let call = 0; call < 50; call += 1) {
      expect(await codeOf(ask())).toBe('temporarily_unavailable')
    }
    expect(service.calls.login).toBe(2)
    await clock.advance(750)
    await codeOf(ask())
    expect(service.calls.login).toBe(3)
  })

  it('waits until the time named by a service that limits requests', async () => {
    const { clock, service, ask } = await signedIn()
    await clock.advance(20 * MINUTE)
    const retryAt = clock.now() + 5 * MINUTE
    service.failNext('login', new TokentrayError('rate_limited', 'Slower.', { retryAt }))
    await codeOf(ask())
    await clock.advance(5 * MINUTE - 1)
    expect(await refusalOf(ask())).toMatchObject({ code: 'rate_limited', retryAt })
    expect(service.calls.login).toBe(2)
    await clock.advance(1)
    await ask()
    expect(service.calls.login).toBe(3)
  })

  it('does not call a service for each request if its answers are invalid', async () => {
    const { clock, service, ask } = await signedIn()
    await clock.advance(20 * MINUTE)
    service.outage = new TokentrayError('unexpected_answer')
    for (let call = 0; call < 10; call += 1) {
      expect(await codeOf(ask())).toBe('unexpected_answer')
    }
    expect(service.calls.login).toBe(2)
  })
})

describe('an account whose password no longer works', () => {
  it('is "login required" for each caller, and the user is notified once', async () => {
    const test = await signedIn()
    const { clock, service, ask, notified } = test
    service.password = markedSecret('password')
    await clock.advance(20 * MINUTE)
    const codes = await Promise.all([codeOf(ask()), codeOf(ask(10)), codeOf(ask())])
    expect(codes).toEqual(['login_required', 'login_required', 'login_required'])
    expect((await refusalOf(ask())).hint).toBe('Run "tokentray login sftpgo/work".')
    expect(test.state()).toBe('login_required')
    expect(notified).toEqual(['sftpgo/work'])
    expect(service.calls.login).toBe(2)
  })

  it('recovers when the user logs in, and notifies again when it fails again', async () => {
    const test = await signedIn()
    const { clock, service, ask, notified } = test
    service.password = markedSecret('password')
    await clock.advance(20 * MINUTE)
    await codeOf(ask())
    await test.loginAgain()
    expect(test.state()).toBe('signed_in')
    await ask()
    service.password = markedSecret('password')
    await clock.advance(40 * MINUTE)
    expect(await codeOf(ask())).toBe('login_required')
    expect(notified).toHaveLength(2)
  })

  it('still returns its old token to those it satisfies', async () => {
    const { clock, service, ask } = await signedIn()
    await ask()
    service.password = markedSecret('password')
    await clock.advance(18 * MINUTE)
    expect(service.calls.login).toBe(2)
    expect((await ask()).minValidityMet).toBe(true)
    expect((await ask(600)).minValidityMet).toBe(false)
    expect(service.calls.login).toBe(2)
  })

  it('is not retried even if its state cannot be stored', async () => {
    const { clock, service, ask, faults, notified } = await signedIn()
    service.password = markedSecret('password')
    faults.settings = new TokentrayError('record_unavailable')
    await clock.advance(20 * MINUTE)
    for (let call = 0; call < 5; call += 1) expect(await codeOf(ask())).toBe('login_required')
    expect(service.calls.login).toBe(2)
    expect(notified).toHaveLength(1)
  })

  it('is "login required" if its credential is missing from the vault or unreadable', async () => {
    for (const damage of ['gone', 'not JSON', '["no", "object"]']) {
      const { clock, ask, vault, broker, account, service } = await signedIn()
      broker.lock()
      broker.unlock()
      const key = credentialKey(account.record)
      if (damage === 'gone') await vault.delete(key)
      else await vault.set(key, new Secret(damage))
      await clock.advance(20 * MINUTE)
      expect(await codeOf(ask())).toBe('login_required')
      expect(service.calls.login).toBe(1)
    }
  })

  it('is distinguished from one that cannot be used for another reason, which is named', async () => {
    const test = await signedIn()
    const { clock, ask, service } = test
    await clock.advance(20 * MINUTE)
    service.failNext('login', new TokentrayError('invalid_request', 'The CA file is gone.'))
    expect(await refusalOf(ask())).toMatchObject({
      code: 'login_required',
      message: 'sftpgo/work cannot be used: The CA file is gone.',
    })
    expect(test.state()).toBe('signed_in')
    await ask()
  })

  it('is not reported if the keychain cannot be read', async () => {
    const test = await signedIn()
    const { clock, ask, faults, broker } = test
    broker.lock()
    broker.unlock()
    await clock.advance(20 * MINUTE)
    faults.vault = new TokentrayError('vault_locked')
    expect(await codeOf(ask())).toBe('vault_locked')
    expect(test.state()).toBe('signed_in')
    faults.vault = null
    await ask()
  })
})

describe('an account that needed a one-time code', () => {
  async function withCode() {
    // Its expiry falls between two ticks of the timer.
    const test = await makeBroker({ services: [{ lifeMs: 20 * MINUTE + 7_000 }] })
    test.service.code = '123456'
    const account = await test.newAccount('work', 0, '123456')
    const ask = (minValiditySeconds = 60) => test.issue(cliClient, account, { minValiditySeconds })
    const state = () => test.settings.read().accounts[0]?.state
    return { ...test, account, ask, state }
  }

  it('warns beforehand', async () => {
    const { account } = await withCode()
    expect(account.record).toMatchObject({ needsCode: true, state: 'signed_in' })
  })

  it('becomes "login required" when its token expires, notified once, without a login', async () => {
    const test = await withCode()
    const { clock, notified, service, ask } = test
    await ask()
    await clock.advance(20 * MINUTE + 6_999)
    expect(test.state()).toBe('signed_in')
    await clock.advance(1)
    expect(test.state()).toBe('login_required')
    await clock.advance(60 * MINUTE)
    expect(await codeOf(ask())).toBe('login_required')
    expect(notified).toEqual(['sftpgo/work'])
    expect(service.calls.login).toBe(1)
  })

  it('is not called "login required" because its token is locked away', async () => {
    const { broker, clock, notified, ask } = await withCode()
    broker.lock()
    await clock.advance(10 * MINUTE)
    broker.unlock()
    await ask()
    expect(notified).toEqual([])
  })

  it('gets the best available token until then', async () => {
    const { clock, ask } = await withCode()
    await clock.advance(15 * MINUTE)
    expect(await ask(900)).toMatchObject({ minValidityMet: false })
  })

  it('becomes "login required" when its last lease is closed on demand', async () => {
    const test = await withCode()
    await test.ask()
    await test.broker.closeLeases({}, cliClient)
    await test.clock.advance(30_000)
    expect(test.state()).toBe('login_required')
    expect(test.service.calls.login).toBe(1)
  })
})
