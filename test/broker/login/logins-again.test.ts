import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { codeOf, diskFull, idle, refusalOf, tokenOf } from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { credentialsIn, dedicated, expectNothing, MINUTE, records, signedIn } from '../set-ups.ts'

const url = 'https://service.example'

describe('logging in again', () => {
  it('uses the new token, and revokes the old one once no lease holds it', async () => {
    const { issue, account, loginAgain, service, clock } = await signedIn()
    const before = await issue(cliClient, account)
    await loginAgain()
    await idle()
    expect(service.alive).toHaveLength(2)
    await clock.advance(15 * MINUTE)
    await idle()
    expect(service.accepts(tokenOf(before))).toBe(false)
  })

  it('stores the new password for automatic logins', async () => {
    const { issue, account, loginAgain, service, clock, broker } = await signedIn()
    service.password = markedSecret('password')
    await loginAgain()
    broker.lock()
    broker.unlock()
    await clock.advance(20 * MINUTE)
    await issue(cliClient, account)
    expect(service.calls.login).toBe(3)
  })

  it('accepts another address if the service there accepts the login', async () => {
    const { loginAgain, service, broker } = await signedIn()
    service.failNext('login', new TokentrayError('temporarily_unavailable'))
    const values = { url: 'https://moved.example' }
    await codeOf(loginAgain(values))
    expect(broker.accounts.get('sftpgo/work').record.values).toEqual({ url })
    expect((await loginAgain(values)).record.values).toEqual(values)
  })

  it.each(['shared', 'dedicated'] as const)(
    'at another address gives a client a new token there (%s)',
    async (leaseKind) => {
      const { loginAgain, issue, account, broker } = await signedIn()
      broker.changeAccount(account, { leaseKind })
      const before = await issue(cliClient, account)
      await loginAgain({ url: 'https://moved.example' })
      const after = await issue(cliClient, account)
      expect(after.lease.held.values).toEqual({ url: 'https://moved.example' })
      expect(broker.leases.isOpen(before.lease)).toBe(true)
    },
  )

  it.each(['shared', 'dedicated'] as const)(
    'never sends a token to an address other than its own (%s)',
    async (leaseKind) => {
      const { loginAgain, issue, account, broker, service, clock } = await signedIn()
      broker.changeAccount(account, { leaseKind })
      const before = await issue(cliClient, account)
      const sentTo: unknown[] = []
      const { probe, revoke } = service.driver
      if (!probe || !revoke) throw new Error('The service should have both.')
      service.driver.probe = (token, values, context) => {
        if (token === before.lease.held.token) sentTo.push(['probe', values])
        return probe(token, values, context)
      }
      service.driver.revoke = (token, values, context) => {
        if (token === before.lease.held.token) sentTo.push(['revoke', values])
        return revoke(token, values, context)
      }
      clock.sleep(MINUTE)
      await issue(cliClient, account)
      await loginAgain({ url: 'https://moved.example' })
      clock.sleep(MINUTE)
      await issue(cliClient, account)
      await broker.closeLeases({}, cliClient)
      expect(sentTo[0]).toEqual(['probe', { url }])
      expect(sentTo.at(-1)).toEqual(['revoke', { url }])
      for (const [, values] of sentTo as [string, unknown][]) expect(values).toEqual({ url })
    },
  )

  it('reports the same refusal to tools if the service refuses the account itself', async () => {
    const { ask, loginAgain, service, state } = await signedIn(dedicated)
    service.failNext('login', new TokentrayError('not_supported', 'Keys are switched off.'))
    expect(await codeOf(loginAgain())).toBe('not_supported')
    expect(state()).toBe('login_required')
    expect((await refusalOf(ask())).message).toContain('Keys are switched off.')
    await loginAgain()
    expect(service.accepts(tokenOf(await ask()))).toBe(true)
  })

  it.each([
    ['wrong_credentials', {}],
    ['invalid_request', {}],
    ['not_supported', { application: 'another' }],
  ] as const)(
    'changes nothing if the entered values are refused (%s, %j)',
    async (code, values) => {
      const { ask, loginAgain, service, state } = await signedIn()
      service.failNext('login', new TokentrayError(code))
      expect(await codeOf(loginAgain(values))).toBe(code)
      expect(state()).toBe('signed_in')
      expect(service.accepts(tokenOf(await ask()))).toBe(true)
    },
  )

  it('works during the pause after an outage, but not during a rate limit', async () => {
    const { issue, account, loginAgain, service, clock } = await signedIn()
    await clock.advance(20 * MINUTE)
    service.failNext('login', new TokentrayError('temporarily_unavailable'))
    await codeOf(issue(cliClient, account))
    await loginAgain()
    const retryAt = clock.now() + 5 * MINUTE
    service.failNext('login', new TokentrayError('rate_limited', 'Slower.', { retryAt }))
    await codeOf(loginAgain())
    expect(await refusalOf(loginAgain())).toMatchObject({ code: 'rate_limited', retryAt })
    expect(service.calls.login).toBe(4)
  })

  it('finds the account under its new name if it is renamed in the meantime', async () => {
    const { account, loginAgain, service, broker } = await signedIn()
    const gate = service.hold('login', 'after')
    const login = loginAgain()
    await idle()
    broker.changeAccount(account, { name: 'home' })
    gate.open()
    expect((await login).id).toBe('sftpgo/home')
  })

  it.each(records)('changes nothing if $part fails', async ({ part, error }) => {
    const test = await signedIn()
    const { account, loginAgain, service, faults, issue } = test
    const before = service.alive
    const gate = service.hold('login', 'after')
    const login = codeOf(loginAgain())
    await idle()
    faults[part] = error
    gate.open()
    expect(await login).toBe(error.code)
    faults[part] = null
    await idle()
    expect(service.alive).toEqual(before)
    expect(await credentialsIn(test)).toHaveLength(1)
    expect(tokenOf(await issue(cliClient, account))).toBe(before[0])
  })

  it('leaves no credential if it fails half-way on an account that was logged out', async () => {
    const test = await signedIn()
    const { account, loginAgain, faults, broker, service } = test
    await broker.logins.logout(account)
    faults.audit = diskFull()
    expect(await codeOf(loginAgain())).toBe('record_unavailable')
    expect(await credentialsIn(test)).toEqual([])
    expect(service.alive).toEqual([])
  })

  it.each(['before', 'after'] as const)(
    'is void if the account is logged out in the meantime (%s the service has answered)',
    async (when) => {
      const test = await signedIn()
      const { account, loginAgain, service, broker, settings } = test
      const gate = service.hold('login', when)
      const login = codeOf(loginAgain())
      await idle()
      await broker.logins.logout(account)
      gate.open()
      expect(await login).toBe('cancelled')
      await idle()
      expect(service.alive).toEqual([])
      expect(await credentialsIn(test)).toEqual([])
      expect(settings.read().accounts[0]?.state).toBe('signed_out')
    },
  )

  it('is void if the account is removed in the meantime', async () => {
    const test = await signedIn()
    const gate = test.service.hold('login', 'after')
    const login = codeOf(test.loginAgain())
    await idle()
    await test.broker.logins.remove(test.account)
    gate.open()
    expect(await login).toBe('cancelled')
    await expectNothing(test)
  })

  it('switches an account to shared leases that now needs a code for every login', async () => {
    const { account, broker, service, issue } = await signedIn()
    broker.changeAccount(account, { leaseKind: 'dedicated' })
    service.code = '123456'
    const secrets = { password: new Secret(service.password) }
    await refusalOf(broker.logins.loginAgain(account, { secrets }))
    const again = await broker.logins.loginAgain(account, {
      secrets,
      oneTimeCode: new Secret('123456'),
    })
    expect(again.record).toMatchObject({ needsCode: true, leaseKind: 'shared' })
    await issue(cliClient, again)
  })
})
