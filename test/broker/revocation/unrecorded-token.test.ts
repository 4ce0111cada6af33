import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { codeOf, diskFull, idle, makeBroker } from '../../helpers/make-broker.ts'

describe('a token that cannot be recorded', () => {
  it('is revoked at its service and not returned', async () => {
    const { service, faults, newAccount, client, issue, broker } = await makeBroker({
      services: [{ leaseKinds: ['dedicated'] }],
    })
    const account = await newAccount()
    await idle()
    faults.ledger = diskFull()
    expect(await codeOf(issue(client('tool', account), account))).toBe('record_unavailable')
    expect(service.calls.mint).toBe(1)
    await idle()
    expect(service.alive).toEqual([])
    expect(broker.leases.count).toBe(0)
  })

  it('is revoked later if it cannot be revoked at once', async () => {
    const { service, faults, newAccount, client, issue, broker, clock } = await makeBroker({
      services: [{ leaseKinds: ['dedicated'], lifeMs: null }],
    })
    const account = await newAccount()
    await idle()
    faults.ledger = diskFull()
    const gate = service.hold('mint', 'after')
    const asked = codeOf(issue(client('tool', account), account))
    await idle()
    service.outage = new TokentrayError('temporarily_unavailable')
    gate.open()
    expect(await asked).toBe('record_unavailable')
    expect(service.alive).toHaveLength(1)
    expect(broker.revoker.tracker.counts().pending).toBe(1)
    faults.ledger = null
    service.outage = null
    await clock.advance(60_000)
    expect(service.alive).toEqual([])
  })
})
