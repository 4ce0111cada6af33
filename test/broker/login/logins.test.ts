import { describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { credentialKey } from '../../../main/broker/account/keychain-items.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { codeOf, idle, makeBroker, type TestBroker, tokenOf } from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { credentialsIn, expectNothing, MINUTE, records, signedIn } from '../set-ups.ts'

const url = 'https://service.example'

describe('logging in', () => {
  it('stores account, credential and token, and records it', async () => {
    const test = await signedIn()
    const { account, settings, service, recorded, broker } = test
    expect(settings.read().accounts).toEqual([
      {
        uid: account.uid,
        credential: account.record.credential,
        provider: 'sftpgo',
        name: 'work',
        label: 'alice at fake',
        values: { url },
        leaseKind: 'shared',
        leaseSeconds: 900,
        state: 'signed_in',
        needsCode: false,
        createdAt: test.clock.now(),
      },
    ])
    expect(await credentialsIn(test)).toEqual([credentialKey(account.record)])
    expect(recorded).toEqual([
      { event: 'login', account: 'sftpgo/work', route: 'broker' },
      { event: 'account_added', account: 'sftpgo/work', route: 'broker' },
    ])
    expect(broker.accounts.get('sftpgo/work').session.current?.token.value.reveal()).toBe(
      service.alive[0],
    )
    expect(JSON.stringify(settings.read())).not.toContain(service.password)
  })

  it('revokes the token of a login if the account keeps no session token', async () => {
    const { service, account } = await signedIn({ services: [{ leaseKinds: ['dedicated'] }] })
    expect(service.alive).toEqual([])
    expect(account.session.current).toBeNull()
  })

  it('names the account after its label, with a number if that is taken', async () => {
    const { broker, service } = await makeBroker()
    const secrets = { password: new Secret(service.password) }
    const add = () => broker.logins.add({ provider: service.provider, values: { url }, secrets })
    expect([(await add()).id, (await add()).id]).toEqual(['sftpgo/alice', 'sftpgo/alice-2'])
  })

  it('keeps the display name, and makes the name from it if none is given', async () => {
    const { broker, service } = await makeBroker()
    const secrets = { password: new Secret(service.password) }
    const form = { provider: service.provider, values: { url }, secrets }
    const one = await broker.logins.add({ ...form, displayName: 'Größe Kunde' })
    const other = await broker.logins.add({ ...form, displayName: '本番', name: 'prod' })
    expect([one, other].map(({ id, record }) => [id, record.displayName])).toEqual([
      ['sftpgo/grosse-kunde', 'Größe Kunde'],
      ['sftpgo/prod', '本番'],
    ])
  })

  it('refuses a name that is taken, without calling the service', async () => {
    const { newAccount, service } = await signedIn()
    expect(await codeOf(newAccount())).toBe('already_exists')
    expect(service.calls.login).toBe(1)
  })

  it('refuses a name that is the password, without calling the service', async () => {
    const { broker, service, settings } = await makeBroker()
    const secrets = { password: new Secret('hunter2') }
    const form = { provider: service.provider, values: { url }, secrets }
    for (const named of [{ name: 'hunter2' }, { displayName: 'hunter2' }]) {
      expect(await codeOf(broker.logins.add({ ...form, ...named }))).toBe('invalid_request')
    }
    expect(service.calls.login).toBe(0)
    expect(settings.read().accounts).toEqual([])
  })

  it('refuses an invalid form, without calling the service', async () => {
    const { broker, service } = await makeBroker()
    const login = broker.logins.add({ provider: service.provider, values: {}, secrets: {} })
    expect(await codeOf(login)).toBe('invalid_request')
    expect(service.calls.login).toBe(0)
  })

  it('leaves nothing behind if the service refuses', async () => {
    const test = await makeBroker()
    const wrong = test.broker.logins.add({
      provider: test.service.provider,
      values: { url },
      secrets: { password: new Secret(markedSecret('wrong')) },
    })
    expect(await codeOf(wrong)).toBe('otp_required')
    await expectNothing(test)
  })

  it.each(records)('leaves nothing behind if $part fails', async ({ part, error }) => {
    const test = await makeBroker()
    const gate = test.service.hold('login', 'after')
    const login = codeOf(test.newAccount())
    await idle()
    test.faults[part] = error
    gate.open()
    expect(await login).toBe(error.code)
    test.faults[part] = null
    await expectNothing(test)
    await test.newAccount()
  })

  it('waits while locked, and is refused if that takes too long', async () => {
    const { broker, newAccount, clock, service } = await makeBroker({ lockWaitMs: 10_000 })
    broker.lock()
    const login = codeOf(newAccount())
    await clock.advance(10_000)
    expect(await login).toBe('vault_locked')
    expect(service.calls.login).toBe(0)
  })

  it('keeps the account but no token in memory if it is locked in the meantime', async () => {
    const { broker, newAccount, service, issue, vault, clock } = await makeBroker()
    const gate = service.hold('login', 'after')
    const login = newAccount()
    await idle()
    broker.lock()
    gate.open()
    const account = await login
    expect(account.session.current).toBeNull()
    broker.unlock()
    expect(tokenOf(await issue(cliClient, account))).toBe(service.alive[0])
    expect(service.calls.login).toBe(1)
    // The credential is only in the vault: if it is missing there, there is none.
    await vault.delete(credentialKey(account.record))
    await clock.advance(20 * MINUTE)
    expect(await codeOf(issue(cliClient, account))).toBe('login_required')
  })

  it('is void if everything is reset in the meantime', async () => {
    const test = await makeBroker()
    const gate = test.service.hold('login', 'after')
    const login = codeOf(test.newAccount())
    await idle()
    await test.broker.reset()
    gate.open()
    expect(await login).toBe('cancelled')
    await expectNothing(test)
  })
})

describe('checking a form before a secret is asked for', () => {
  const check = ({ broker, service }: TestBroker, name: string, values: Record<string, string>) =>
    broker.logins.check({ provider: service.provider, name, values })

  it('refuses what a login would be refused for, without calling the service', async () => {
    const test = await signedIn()
    expect(await codeOf(check(test, 'work', { url }))).toBe('already_exists')
    expect(await codeOf(check(test, 'home', {}))).toBe('invalid_request')
    expect(await codeOf(check(test, 'home', { url: 'no address' }))).toBe('invalid_request')
    await check(test, 'home', { url })
    expect(test.service.calls.login).toBe(1)
  })

  it('checks only the filled-in part of an unfinished form', async () => {
    const test = await signedIn()
    const soFar = (values: Record<string, string>) =>
      test.broker.logins.check({ provider: test.service.provider, values }, { isUnfinished: true })
    await soFar({})
    await soFar({ url })
    expect(await codeOf(soFar({ url: 'no address' }))).toBe('invalid_request')
  })

  it('refuses while locked', async () => {
    const test = await makeBroker()
    test.broker.lock()
    expect(await codeOf(check(test, 'home', { url }))).toBe('vault_locked')
  })
})
