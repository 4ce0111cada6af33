import { describe, expect, it } from 'vitest'
import { mayRenew, renewAheadMs } from '../../../main/broker/session/renewal-times.ts'

const MINUTE = 60_000

describe('renewAheadMs', () => {
  it.each([
    { life: 1, ahead: 0.5, rule: 'half of a life of one minute' },
    { life: 1.5, ahead: 0.75, rule: 'half of a life that is shorter than two minutes' },
    { life: 4, ahead: 1, rule: 'a minute of a short life' },
    { life: 20, ahead: 4, rule: 'a fifth of a long life' },
  ])('is $rule', ({ life, ahead }) => {
    expect(renewAheadMs(life * MINUTE, 0)).toBe(ahead * MINUTE)
  })

  it('spreads over the last tenth of the window', () => {
    expect(renewAheadMs(20 * MINUTE, 1)).toBeCloseTo(4 * MINUTE * 0.9)
  })

  it('is nothing for what does not end', () => {
    expect(renewAheadMs(Number.POSITIVE_INFINITY, 0.5)).toBe(0)
  })
})

describe('mayRenew', () => {
  it('says no until half of the life is over', () => {
    expect(mayRenew(20 * MINUTE, 10 * MINUTE + 1)).toBe(false)
    expect(mayRenew(20 * MINUTE, 10 * MINUTE)).toBe(true)
    expect(mayRenew(20 * MINUTE, -1)).toBe(true)
  })

  it('says no to what does not end', () => {
    expect(mayRenew(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(false)
  })
})
