import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { codeOf, idle, tokenOf } from '../../helpers/make-broker.ts'
import { dedicated, signedIn } from '../set-ups.ts'

describe('a mint in progress', () => {
  /** One client waits for a mint whose token already exists; another waits behind it. */
  async function whileMinting() {
    const test = await signedIn(dedicated)
    const gate = test.service.hold('mint', 'after')
    const [one, two] = [test.client('one', test.account), test.client('two', test.account)]
    const first = test.issue(one, test.account)
    const second = test.issue(two, test.account)
    await idle()
    expect(test.service.alive).toHaveLength(1)
    return { ...test, gate, one, two, first, second }
  }

  it('revokes its token when the account is logged out, and waiting callers mint none', async () => {
    const { broker, account, service, gate, first, second } = await whileMinting()
    await broker.logins.logout(account)
    gate.open()
    expect(await Promise.all([codeOf(first), codeOf(second)])).toEqual([
      'login_required',
      'login_required',
    ])
    expect(service.calls.mint).toBe(1)
    expect(service.alive).toEqual([])
    expect(broker.leases.count).toBe(0)
  })

  it('revokes its token when the account is removed', async () => {
    const { broker, account, service, gate, first, second } = await whileMinting()
    await broker.logins.remove(account)
    gate.open()
    expect(await Promise.all([codeOf(first), codeOf(second)])).toEqual(['not_found', 'not_found'])
    expect(service.alive).toEqual([])
  })

  it('revokes its token when Tokentray is locked, and waiting callers mint none', async () => {
    const { broker, service, gate, first, second } = await whileMinting()
    broker.lock()
    gate.open()
    expect(await Promise.all([codeOf(first), codeOf(second)])).toEqual([
      'vault_locked',
      'vault_locked',
    ])
    expect(service.calls.mint).toBe(1)
    expect(service.alive).toEqual([])
    expect(broker.leases.count).toBe(0)
  })

  it('revokes its token when its client is removed', async () => {
    const { broker, service, gate, one, first, second } = await whileMinting()
    await broker.removeClient(one)
    gate.open()
    expect(await codeOf(first)).toBe('invalid_client')
    expect(service.alive).toEqual([tokenOf(await second)])
  })

  it('is not followed by one for a client that is removed while it waits', async () => {
    const { broker, service, gate, two, first, second } = await whileMinting()
    await broker.removeClient(two)
    gate.open()
    await first
    expect(await codeOf(second)).toBe('invalid_client')
    expect(service.calls.mint).toBe(1)
  })

  it('revokes its token when the account switches to shared leases', async () => {
    const { broker, account, service, gate, first, second } = await whileMinting()
    broker.changeAccount(account, { leaseKind: 'shared' })
    gate.open()
    const answers = await Promise.all([first, second])
    for (const { lease } of answers) expect(lease.kind).toBe('shared')
    await idle()
    expect(service.alive).toHaveLength(1)
    expect(service.calls.mint).toBe(1)
  })

  it('that fails after a logout reports "login required" instead of the error of the service', async () => {
    const { broker, account, service, issue } = await signedIn(dedicated)
    const gate = service.hold('mint')
    service.failNext('mint', new TokentrayError('wrong_credentials'))
    const caller = codeOf(issue(cliClient, account))
    await idle()
    await broker.logins.logout(account)
    gate.open()
    expect(await caller).toBe('login_required')
  })
})
