import { beforeEach, describe, expect, it } from 'vitest'
import { Backoff } from '../../../main/broker/concurrency/backoff.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

describe('Backoff', () => {
  let clock: FakeClock

  beforeEach(() => {
    clock = new FakeClock()
  })

  const pauseAfter = (failures: number, random: number, retryAt?: number) => {
    const backoff = new Backoff(clock, () => random)
    for (let failure = 0; failure < failures; failure += 1) backoff.failed()
    return backoff.pause(retryAt) - clock.now()
  }

  it('pauses longer after each failure in a row, up to a minute', () => {
    expect([0, 1, 2, 6, 7, 8, 100].map((failures) => pauseAfter(failures, 1))).toEqual([
      ...[1_000, 1_000, 2_000, 32_000, 60_000, 60_000, 60_000],
    ])
  })

  it('leaves half of the pause to chance', () => {
    expect([0, 0.5, 1].map((random) => pauseAfter(3, random))).toEqual([2_000, 3_000, 4_000])
  })

  it('pauses until the moment that was named, but half a second at least', () => {
    const named = [300_000, 0, -5_000].map((ms) => pauseAfter(1, 0, clock.now() + ms))
    expect(named).toEqual([300_000, 500, 500])
  })

  it('has no pause before the first failure, during a try and after a success', () => {
    const backoff = new Backoff(clock, () => 1)
    expect(backoff.retryAt).toBeNull()
    backoff.failed()
    expect(backoff.pause()).toBe(backoff.retryAt)
    backoff.tried()
    expect(backoff.retryAt).toBeNull()
    backoff.failed()
    expect(backoff.pause()).toBe(clock.now() + 2_000)
    backoff.succeeded()
    expect(backoff.retryAt).toBeNull()
    expect(backoff.pause()).toBe(clock.now() + 1_000)
  })

  it('says that the pause is over, also when somebody has set the wall clock back', async () => {
    const backoff = new Backoff(clock)
    backoff.pauseUntil(clock.now() + 60_000)
    clock.jumpWall(-3_600_000)
    await clock.advance(59_999)
    expect(backoff.retryAt).toBe(clock.now() + 1)
    await clock.advance(1)
    expect(backoff.retryAt).toBe(clock.now())
  })
})
