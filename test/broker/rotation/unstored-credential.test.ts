import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { diskFull, refusalOf, until } from '../../helpers/make-broker.ts'
import { listed, MINUTE, type Rotating, startAged } from './set-up.ts'

const isRenewal = ({ path }: { readonly path: string }) => path === '/renew'

/** How often the keychain is written in a minute of ticks. */
async function writesInAMinute(rotating: Rotating): Promise<number> {
  rotating.order.length = 0
  for (let tick = 0; tick < 30; tick += 1) await rotating.clock.advance(2_000)
  return rotating.order.filter((line) => line === 'keychain').length
}

/** The keychain does not have the newest credential, and no later renewal gets an answer. */
async function startCutOff(): Promise<Rotating> {
  const rotating = await startAged({ graceMs: MINUTE })
  rotating.keychain.failure = new TokentrayError('vault_unavailable')
  await rotating.issue()
  rotating.clock.stall(15 * MINUTE)
  rotating.simulator.faults.next(1_000, { kind: 'reset' }, isRenewal)
  await refusalOf(rotating.issue())
  rotating.keychain.failure = null
  return rotating
}

describe('a credential that the keychain does not have', () => {
  it('is written once, and not again while the next renewal has no answer', async () => {
    const rotating = await startCutOff()
    expect(await writesInAMinute(rotating)).toBe(1)
    expect([await rotating.stored()]).toEqual(rotating.simulator.refreshTokens())
    expect(await writesInAMinute(rotating)).toBe(0)
  })

  it('is written by the next start after a kill during the next renewal, and not again', async () => {
    const rotating = await startCutOff()
    await rotating.restart()
    await rotating.clock.advance(2_000)
    expect(await writesInAMinute(rotating)).toBe(0)
    expect([await rotating.stored()]).toEqual(rotating.simulator.refreshTokens())
  })

  it('leaves no line in the ledger once it is written and the renewal is refused', async () => {
    const rotating = await startCutOff()
    await writesInAMinute(rotating)
    const { order } = rotating
    const refused = { kind: 'status', status: 400, body: { error: 'invalid_grant' } } as const
    rotating.simulator.faults.clear()
    rotating.simulator.faults.next(1, refused, isRenewal)
    rotating.clock.stall(15 * MINUTE)
    order.length = 0
    expect((await refusalOf(rotating.issue())).code).toBe('login_required')
    await listed(rotating, 1)
    expect(rotating.test.listed().join()).not.toContain('a credential of')
    expect(order).not.toContain('keychain')
  })

  it('is in the ledger once the disk has room again, and the notice says where it is', async () => {
    // The token is known, so that no line of a token brings the credential into the ledger.
    const rotating = await startAged({ old: 'same', says: 'lives' })
    const { faults } = rotating.test
    const notices = () => rotating.test.broker.notices.join()
    const release = rotating.simulator.gate.hold(isRenewal)
    const asked = refusalOf(rotating.issue())
    await rotating.simulator.gate.held(1)
    faults.ledger = diskFull()
    rotating.keychain.failure = new TokentrayError('vault_unavailable')
    release()
    expect((await asked).code).toBe('record_unavailable')
    expect(notices()).toContain('It is lost if Tokentray quits before.')
    faults.ledger = null
    await rotating.clock.advance(1_000)
    await until(() => notices().includes('It is kept in the encrypted ledger until then.'))
    await rotating.restart()
    rotating.keychain.failure = null
    rotating.clock.stall(15 * MINUTE)
    await rotating.issue()
    expect(rotating.simulator.reuses()).toBe(0)
  })
})
