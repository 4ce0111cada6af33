import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import type { ClosedLease } from '../../../main/broker/lease/lease-closer.ts'
import { idle, makeBroker, tokenOf } from '../../helpers/make-broker.ts'

const MINUTE = 60_000

/** A broker with a shared account (service 0), a dedicated one (service 1) and two clients. */
async function twoAccounts() {
  const test = await makeBroker({
    services: [{}, { id: 'giantswarm', leaseKinds: ['dedicated'], lifeMs: null }],
  })
  const shared = await test.newAccount('files')
  const dedicated = await test.newAccount('cluster', 1)
  await idle()
  const one = test.client('one', shared, dedicated)
  const two = test.client('two', shared, dedicated)
  const [files, cluster] = test.services
  if (!files || !cluster) throw new Error('Two services are needed.')
  return { ...test, shared, dedicated, one, two, files, cluster }
}

const revoker = (ended: readonly ClosedLease[]) => ended.map(({ atService }) => atService)

describe('closing leases on demand', () => {
  it('revokes the token of a dedicated lease at its service', async () => {
    const { issue, dedicated, one, two, cluster, broker } = await twoAccounts()
    const mine = await issue(one, dedicated)
    const other = await issue(two, dedicated)
    const ended = await broker.closeLeases({ id: mine.lease.id }, cliClient)
    const accountId = 'giantswarm/cluster'
    expect(ended).toEqual([{ lease: mine.lease, accountId, atService: 'ended' }])
    expect(cluster.alive).toEqual([tokenOf(other)])
  })

  it('revokes a shared token only when its last lease is closed', async () => {
    const { issue, shared, one, two, files, broker } = await twoAccounts()
    const mine = await issue(one, shared)
    await issue(two, shared)
    expect(revoker(await broker.closeLeases({ client: one.id }, one))).toEqual(['shared'])
    expect(files.accepts(tokenOf(mine))).toBe(true)
    expect(revoker(await broker.closeLeases({ client: two.id }, two))).toEqual(['ended'])
    expect(files.alive).toEqual([])
    expect(shared.session.current).toBeNull()
  })

  it('reports the token as revoked for each of its leases when all are closed together', async () => {
    const { issue, shared, one, two, files, broker } = await twoAccounts()
    await Promise.all([issue(one, shared), issue(two, shared)])
    expect(revoker(await broker.closeLeases({ accountUid: shared.uid }, cliClient))).toEqual([
      'ended',
      'ended',
    ])
    expect(files.calls.revoke).toBe(1)
  })

  it('makes the next request log in again', async () => {
    const { issue, shared, one, files, broker } = await twoAccounts()
    await issue(one, shared)
    await broker.closeLeases({}, cliClient)
    expect(files.accepts(tokenOf(await issue(one, shared)))).toBe(true)
    expect(files.calls.login).toBe(2)
  })

  it('closes the leases of one client, of one account, or all', async () => {
    const { issue, shared, dedicated, one, two, files, cluster, broker } = await twoAccounts()
    const open = () =>
      Promise.all([
        issue(one, shared),
        issue(one, dedicated),
        issue(two, shared),
        issue(two, dedicated),
      ])
    await open()
    expect(await broker.closeLeases({ client: one.id }, cliClient)).toHaveLength(2)
    expect(broker.leases.list().map(({ client }) => client)).toEqual([two.id, two.id])
    await open()
    expect(await broker.closeLeases({ accountUid: dedicated.uid }, cliClient)).toHaveLength(2)
    expect(cluster.alive).toEqual([])
    await open()
    expect(await broker.closeLeases({}, cliClient)).toHaveLength(4)
    expect([...files.alive, ...cluster.alive]).toEqual([])
  })

  it('includes the account name even if the account is removed while its service is slow', async () => {
    const { issue, dedicated, one, cluster, broker } = await twoAccounts()
    await issue(one, dedicated)
    const gate = cluster.hold('revoke')
    const ending = broker.closeLeases({}, cliClient)
    await idle()
    broker.accounts.remove(dedicated.uid)
    gate.open()
    expect(await ending).toMatchObject([{ accountId: 'giantswarm/cluster' }])
  })

  it('does nothing if no lease matches', async () => {
    const { broker } = await twoAccounts()
    expect(await broker.closeLeases({ id: 'unknown' }, cliClient)).toEqual([])
  })

  it('reports "pending" while the service is unreachable, and revokes the token later', async () => {
    const { issue, dedicated, one, cluster, broker, clock } = await twoAccounts()
    await issue(one, dedicated)
    cluster.outage = new TokentrayError('temporarily_unavailable')
    expect(revoker(await broker.closeLeases({}, cliClient))).toEqual(['pending'])
    expect(broker.leases.count).toBe(0)
    cluster.outage = null
    await clock.advance(1_000)
    await idle()
    expect(cluster.alive).toEqual([])
  })

  it('reports "until_expiry" if the service cannot revoke a token', async () => {
    const { newAccount, issue, broker } = await makeBroker({ services: [{ without: ['revoke'] }] })
    await issue(cliClient, await newAccount())
    expect(revoker(await broker.closeLeases({}, cliClient))).toEqual(['until_expiry'])
  })

  it('closes every lease before waiting for a service, so that none is handed out again', async () => {
    const { issue, dedicated, one, cluster, broker } = await twoAccounts()
    const before = await issue(one, dedicated)
    cluster.hold('revoke')
    void broker.closeLeases({}, cliClient)
    const after = await issue(one, dedicated)
    expect(after.lease.id).not.toBe(before.lease.id)
  })
})

describe('leases that expire', () => {
  it('revoke the token of a dedicated lease to the second', async () => {
    const { issue, dedicated, one, cluster, clock, broker } = await twoAccounts()
    await issue(one, dedicated)
    await clock.advance(15 * MINUTE - 1)
    await idle()
    expect(cluster.alive).toHaveLength(1)
    await clock.advance(1)
    await idle()
    expect(broker.leases.count).toBe(0)
    expect(cluster.alive).toEqual([])
  })

  it('keep the token of the session', async () => {
    const { issue, shared, one, files, clock, broker } = await twoAccounts()
    await issue(one, shared)
    await clock.advance(15 * MINUTE)
    await idle()
    expect(broker.leases.count).toBe(0)
    expect(files.calls.revoke).toBe(0)
    expect(shared.session.current).not.toBeNull()
  })

  it('are closed on waking from a sleep that outlasted them', async () => {
    const { issue, dedicated, one, cluster, clock, broker } = await twoAccounts()
    await issue(one, dedicated)
    clock.sleep(60 * MINUTE)
    await clock.advance(30_000)
    await idle()
    expect(broker.leases.count).toBe(0)
    expect(cluster.alive).toEqual([])
  })

  it('are closed while locked too; the session reuses its token after unlocking', async () => {
    const { issue, shared, dedicated, one, files, cluster, clock, broker } = await twoAccounts()
    const before = await issue(one, shared)
    await issue(one, dedicated)
    broker.lock()
    await clock.advance(15 * MINUTE)
    await idle()
    expect(broker.leases.count).toBe(0)
    expect(cluster.alive).toEqual([])
    broker.unlock()
    expect(tokenOf(await issue(one, shared))).toBe(tokenOf(before))
    expect(files.calls.login).toBe(1)
  })
})
