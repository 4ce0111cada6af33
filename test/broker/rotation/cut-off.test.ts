import { describe, expect, it } from 'vitest'
import { codeOf, diskFull, refusalOf } from '../../helpers/make-broker.ts'
import { MINUTE, type Rotating, startAged } from './set-up.ts'

const isRenewal = ({ path }: { readonly path: string }) => path === '/renew'

/** So old that nothing but a renewal gives a token. */
async function startExpired(): Promise<Rotating> {
  const rotating = await startAged()
  rotating.clock.stall(6 * MINUTE)
  return rotating
}

/** The message for the user once the service refuses the next renewal. */
async function refusedNext(rotating: Rotating): Promise<string> {
  const refused = { kind: 'status', status: 400, body: { error: 'invalid_grant' } } as const
  rotating.simulator.faults.next(1, refused, isRenewal)
  const error = await refusalOf(rotating.issue())
  expect(error.code).toBe('login_required')
  return error.message
}

describe('a renewal that counts as cut off', () => {
  it('is not one that was never sent because the ledger could not be written', async () => {
    const rotating = await startExpired()
    rotating.test.faults.ledger = diskFull()
    expect(await codeOf(rotating.issue())).toBe('record_unavailable')
    rotating.test.faults.ledger = null
    expect(rotating.count('POST /renew')).toBe(0)
    expect(await refusedNext(rotating)).not.toContain('cut off')
  })

  it('is not one for which there was no connection, which is not tried again at once either', async () => {
    const rotating = await startExpired()
    await rotating.simulator.close()
    expect(await codeOf(rotating.issue())).toBe('temporarily_unavailable')
    expect(rotating.order.filter((line) => line === 'POST /renew')).toHaveLength(1)
    expect(rotating.test.listed().join()).not.toContain('a credential of')
  })

  it('stays one if the ledger cannot be written before the next', async () => {
    const rotating = await startExpired()
    rotating.simulator.faults.next(2, { kind: 'reset' }, isRenewal)
    await refusalOf(rotating.issue())
    await rotating.clock.advance(2 * MINUTE)
    rotating.test.faults.ledger = diskFull()
    expect(await codeOf(rotating.issue())).toBe('record_unavailable')
    rotating.test.faults.ledger = null
    expect(await refusedNext(rotating)).toContain('cut off')
  })

  it('stays one during a pause of the account', async () => {
    const rotating = await startExpired()
    rotating.simulator.faults.next(1, { kind: 'reset' }, isRenewal)
    rotating.simulator.faults.next(1, { kind: 'status', status: 429 }, isRenewal)
    expect(await codeOf(rotating.issue())).toBe('rate_limited')
    expect(await codeOf(rotating.issue())).toBe('rate_limited')
    await rotating.clock.advance(2 * MINUTE)
    expect(await refusedNext(rotating)).toContain('cut off')
  })
})

describe('an account whose renewals pause', () => {
  it('does not write to the ledger for calls that a pause refuses', async () => {
    const rotating = await startExpired()
    rotating.simulator.faults.next(1, { kind: 'status', status: 429 }, isRenewal)
    expect(await codeOf(rotating.issue())).toBe('rate_limited')
    rotating.order.length = 0
    for (let call = 0; call < 5; call += 1) {
      expect(await codeOf(rotating.issue())).toBe('rate_limited')
    }
    expect(rotating.order.filter((line) => line === 'add' || line === 'end')).toEqual([])
  })
})
