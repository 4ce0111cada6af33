import { describe, expect, it } from 'vitest'
import { idle, refusalOf, tokenOf } from '../../helpers/make-broker.ts'
import { dedicated, MINUTE, signedInWithTool } from '../set-ups.ts'

describe('a lease whose token the service refused', () => {
  it('is closed at once, and the client gets another token after one login', async () => {
    const { issue, account, tool, broker, service } = await signedInWithTool()
    const first = await issue(tool, account)
    service.forgetTokens()
    const second = await issue(tool, account, { refusedLease: first.lease.id })
    expect(broker.leases.list()).toEqual([second.lease])
    expect(service.accepts(tokenOf(second))).toBe(true)
    expect(service.calls.login).toBe(2)
  })

  it('makes the other leases of the token return the new one on their next request', async () => {
    const { issue, account, tool, client, service } = await signedInWithTool()
    const other = client('other', account)
    const theirs = await issue(other, account)
    const mine = await issue(tool, account)
    const fresh = await issue(tool, account, { refusedLease: mine.lease.id })
    const next = await issue(other, account)
    expect(tokenOf(next)).toBe(tokenOf(fresh))
    expect(next.lease.id).not.toBe(theirs.lease.id)
    expect(service.calls.login).toBe(2)
  })

  it('costs one login per token, even if twenty clients report theirs', async () => {
    const { issue, account, client, service } = await signedInWithTool()
    const clients = Array.from({ length: 20 }, (_, index) => client(`tool-${index}`, account))
    const before = await Promise.all(clients.map((each) => issue(each, account)))
    service.forgetTokens()
    const after = await Promise.all(
      clients.map((each, index) => {
        const refusedLease = before[index]?.lease.id ?? ''
        return issue(each, account, { refusedLease })
      }),
    )
    expect(new Set(after.map(tokenOf)).size).toBe(1)
    expect(service.calls.login).toBe(2)
  })

  it('costs nothing if it is reported again after it was closed', async () => {
    const { issue, account, tool, service } = await signedInWithTool()
    const { lease } = await issue(tool, account)
    for (let call = 0; call < 20; call += 1) {
      await issue(tool, account, { refusedLease: lease.id })
    }
    expect(service.calls.login).toBe(2)
  })

  it('is minted again if it had its own token, which is revoked', async () => {
    const { issue, account, tool, service } = await signedInWithTool(dedicated)
    const first = await issue(tool, account)
    const second = await issue(tool, account, { refusedLease: first.lease.id })
    await idle()
    expect(service.calls.mint).toBe(2)
    expect(service.alive).toEqual([tokenOf(second)])
  })

  it('is ignored if the lease belongs to another client or account, or does not exist', async () => {
    const { issue, account, tool, client, newAccount, broker, service } = await signedInWithTool()
    const other = client('other', account)
    const theirs = await issue(other, account)
    const home = await newAccount('home')
    broker.clients.grant(tool, home.uid)
    const elsewhere = await issue(tool, home)
    const mine = await issue(tool, account)
    for (const refusedLease of [theirs.lease.id, elsewhere.lease.id, 'unknown']) {
      expect((await issue(tool, account, { refusedLease })).lease).toBe(mine.lease)
    }
    for (const { lease } of [theirs, elsewhere]) expect(broker.leases.isOpen(lease)).toBe(true)
    expect(service.calls.login).toBe(2)
  })

  it.each([
    { kind: 'shared', options: {} },
    { kind: 'dedicated', options: dedicated },
  ])('is accepted five times in five minutes for $kind leases', async ({ options }) => {
    const { issue, account, tool, client, clock, service } = await signedInWithTool(options)
    let refusedLease = (await issue(tool, account)).lease.id
    const issued = service.issued
    for (let call = 0; call < 5; call += 1) {
      refusedLease = (await issue(tool, account, { refusedLease })).lease.id
    }
    expect(service.issued - issued).toBe(5)
    expect(await refusalOf(issue(tool, account, { refusedLease }))).toMatchObject({
      code: 'rate_limited',
      retryAt: clock.now() + 5 * MINUTE,
    })
    expect(service.issued - issued).toBe(5)
    await issue(client('other', account), account)
    await clock.advance(5 * MINUTE)
    await issue(tool, account, { refusedLease })
  })
})
