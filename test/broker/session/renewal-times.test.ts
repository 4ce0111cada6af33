import { describe, expect, it } from 'vitest'
import { mayRenew, renewAheadMs } from '../../../main/broker/session/renewal-times.ts'

const MINUTE = 60_000

describe('renewAheadMs', () => {
  it.each([
    { life: 1, ahead: 0.5, rule: 'half of a lifetime of one minute' },
    { life: 1.5, ahead: 0.75, rule: 'half of a lifetime shorter than two minutes' },
    { life: 4, ahead: 1, rule: 'a minute of a short lifetime' },
    { life: 20, ahead: 4, rule: 'a fifth of a long lifetime' },
  ])('is $rule', ({ life, ahead }) => {
    expect(renewAheadMs(life * MINUTE, 0)).toBe(ahead * MINUTE)
  })

  it('spreads over the last tenth of the window', () => {
    expect(renewAheadMs(20 * MINUTE, 1)).toBeCloseTo(4 * MINUTE * 0.9)
  })

  it('is undefined for a token that never expires', () => {
    expect(renewAheadMs(Number.POSITIVE_INFINITY, 0.5)).toBe(0)
  })
})

describe('mayRenew', () => {
  it('is false until half of the lifetime is over', () => {
    expect(mayRenew(20 * MINUTE, 10 * MINUTE + 1)).toBe(false)
    expect(mayRenew(20 * MINUTE, 10 * MINUTE)).toBe(true)
    expect(mayRenew(20 * MINUTE, -1)).toBe(true)
  })

  it('is false for a token that never expires', () => {
    expect(mayRenew(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(false)
  })
})
