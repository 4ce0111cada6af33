import { beforeEach, describe, expect, it } from 'vitest'
import { RateWindow } from '../../../main/broker/concurrency/rate-window.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

describe('RateWindow', () => {
  let clock: FakeClock
  let window: RateWindow

  beforeEach(() => {
    clock = new FakeClock()
    window = new RateWindow(clock, 3, 60_000)
  })

  const count = (times: number) => Array.from({ length: times }, () => window.count())

  it('counts so many in its time, and says of the next when it will be counted', async () => {
    expect(count(1)).toEqual([null])
    await clock.advance(20_000)
    expect(count(3)).toEqual([null, null, clock.now() + 40_000])
    await clock.advance(39_999)
    expect(count(1)).toEqual([clock.now() + 1])
    await clock.advance(1)
    expect(count(2)).toEqual([null, clock.now() + 20_000])
  })

  it('does not count what was too many', async () => {
    count(50)
    await clock.advance(60_000)
    expect(count(3)).toEqual([null, null, null])
  })

  it('counts each key for itself', () => {
    count(4)
    expect(window.count('another')).toBeNull()
  })

  it('is held up by no wall clock that is set back', async () => {
    count(3)
    clock.jumpWall(-86_400_000)
    await clock.advance(60_000)
    expect(count(1)).toEqual([null])
  })
})
