import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { type BrokerOptions, codeOf, diskFull, idle, tokenOf } from '../../helpers/make-broker.ts'
import { credentialsIn, MINUTE, signedIn } from '../set-ups.ts'

const named: BrokerOptions = {
  services: [{ leaseKinds: ['dedicated'], lifeMs: null, tokenless: true, with: ['revokeLease'] }],
}
/** Like API keys, which are created and revoked with the session token. */
const bySession: BrokerOptions = {
  services: [{ leaseKinds: ['dedicated', 'shared'], mintsFrom: 'session', with: ['revokeLease'] }],
}

describe('a logout at a slow service', () => {
  it('takes effect at once', async () => {
    const test = await signedIn(named)
    const { ask, service, broker, account, client, issue } = test
    const tool = client('tool', account)
    await ask()
    const gate = service.hold('revokeLease')
    const leaving = broker.logins.logout(account)
    await idle()
    expect(await codeOf(issue(tool, account))).toBe('login_required')
    expect(test.state()).toBe('signed_out')
    expect(await credentialsIn(test)).toEqual([])
    gate.open()
    await leaving
    expect(service.alive).toEqual([])
    expect(broker.leases.count).toBe(0)
  })

  it('leaves no lease of an account that is removed while it waits', async () => {
    const { ask, service, broker, account, client, issue } = await signedIn(named)
    const tool = client('tool', account)
    await ask()
    const gate = service.hold('revokeLease')
    const removing = broker.logins.remove(account)
    await idle()
    expect(await codeOf(issue(tool, account))).toBe('not_found')
    gate.open()
    await removing
    expect(service.alive).toEqual([])
    expect(broker.leases.count).toBe(0)
  })
})

describe('the credential that leases are revoked with', () => {
  it('is not sent to an address other than that of the lease', async () => {
    const { ask, service, broker, account, loginAgain } = await signedIn(named)
    const sent: unknown[] = []
    const { revokeLease } = service.driver
    if (!revokeLease) throw new Error('The service should have it.')
    service.driver.revokeLease = (lease, session, context) => {
      sent.push([session.values['url'], session.credential['password']?.reveal()])
      return revokeLease(lease, session, context)
    }
    const old = service.password
    await ask()
    service.password = 'another password'
    await loginAgain({ url: 'https://moved.example' })
    await broker.closeLeases({ accountUid: account.uid }, cliClient)
    expect(sent).toEqual([['https://service.example', old]])
  })

  it('is sent once to a service that refuses it, without a login per attempt', async () => {
    const { ask, service, broker, clock } = await signedIn(bySession)
    await ask()
    service.driver.revokeLease = () =>
      Promise.reject(new TokentrayError('wrong_credentials', 'Not with this.'))
    await broker.closeLeases({}, cliClient)
    await clock.advance(30 * MINUTE)
    await idle()
    // Pauses grow: twelve attempts in half an hour.
    expect(service.calls.login).toBeLessThan(15)
    const logins = service.calls.login
    await clock.advance(1_000)
    expect(service.calls.login).toBe(logins)
  })

  it('costs few logins if the revocation of many leases is refused at once', async () => {
    const { issue, client, account, service, broker, clock } = await signedIn(bySession)
    for (let index = 0; index < 20; index += 1)
      await issue(client(`tool${index}`, account), account)
    service.driver.revokeLease = () =>
      Promise.reject(new TokentrayError('wrong_credentials', 'Not with this.'))
    const before = service.calls.login
    await broker.closeLeases({}, cliClient)
    for (let minute = 0; minute < 4; minute += 1) await clock.advance(MINUTE)
    await idle()
    // Retries continue; the next login happens when refusals are accepted again.
    expect(service.calls.login - before).toBeLessThanOrEqual(2)
  })

  it('is requested without blocking others that hold it', async () => {
    const { ask, service, broker, account, client, issue, faults, clock } =
      await signedIn(bySession)
    const tools = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) =>
      client(name, account),
    )
    for (const tool of tools) await issue(tool, account)
    const session = service.alive[0] ?? ''
    service.forget(session)
    const gate = service.hold('login', 'after')
    const ending = broker.closeLeases({ accountUid: account.uid }, cliClient)
    await idle()
    faults.ledger = diskFull()
    gate.open()
    await ending
    faults.ledger = null
    await clock.advance(5 * MINUTE)
    await idle()
    expect(broker.revoker.tracker.counts().pending).toBe(0)
    expect(service.accepts(tokenOf(await ask()))).toBe(true)
  })

  it('revokes leases of the session before a requested change drops its token', async () => {
    const { ask, service, broker, account, client, issue } = await signedIn(bySession)
    const tool = client('tool', account)
    await issue(tool, account)
    broker.changeAccount(account, { leaseKind: 'shared' })
    await ask()
    const ended = await broker.closeLeases({ accountUid: account.uid }, cliClient)
    expect(ended.map(({ atService }) => atService)).toEqual(['ended', 'ended'])
    expect(service.alive).toEqual([])
    expect(service.calls.login).toBe(1)
  })
})

describe('a plan that was fulfilled while it was being revoked', () => {
  it('does not remove its token from the ledger', async () => {
    const { ask, service, broker, account, listed } = await signedIn(named)
    const gate = service.hold('mint', 'after')
    const asking = codeOf(ask())
    await idle()
    await broker.logins.logout(account)
    gate.open()
    await asking
    await idle()
    expect(service.alive).toEqual([])
    expect(listed().filter((each) => !each.startsWith('a plan'))).toEqual([])
  })
})

describe('a login to an existing account that keeps no token', () => {
  it('revokes the previous session token', async () => {
    const { service, account, broker, loginAgain } = await signedIn()
    expect(service.alive).toHaveLength(1)
    const { driver } = service
    service.provider.driver = ({ url }) =>
      url === 'https://service.example' ? driver : { ...driver, leaseKinds: ['dedicated'] }
    await loginAgain({ url: 'https://moved.example' })
    await idle()
    expect(service.alive).toEqual([])
    expect(broker.accounts.get(account.id).session.current).toBeNull()
  })
})

describe('a login to an existing account that cannot be stored', () => {
  it('leaves the credential unchanged', async () => {
    const test = await signedIn()
    const { service, account, faults, loginAgain, ask, clock } = test
    const before = service.password
    const kept = await credentialsIn(test)
    service.password = 'another password'
    faults.audit = diskFull()
    expect(await codeOf(loginAgain({ url: 'https://moved.example' }))).toBe('record_unavailable')
    expect(await credentialsIn(test)).toEqual(kept)
    faults.audit = null
    service.password = before
    await clock.advance(20 * MINUTE)
    expect(service.accepts(tokenOf(await ask()))).toBe(true)
    expect(account.record.values).toEqual({ url: 'https://service.example' })
  })
})
