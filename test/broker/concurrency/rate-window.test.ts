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

  it('allows so many in its time, and says when the next is allowed', async () => {
    expect(count(1)).toEqual([null])
    await clock.advance(20_000)
    expect(count(3)).toEqual([null, null, clock.now() + 40_000])
    await clock.advance(39_999)
    expect(count(1)).toEqual([clock.now() + 1])
    await clock.advance(1)
    expect(count(2)).toEqual([null, clock.now() + 20_000])
  })

  it('does not count those above the limit', async () => {
    count(50)
    await clock.advance(60_000)
    expect(count(3)).toEqual([null, null, null])
  })

  it('counts each key separately', () => {
    count(4)
    expect(window.count('another')).toBeNull()
  })

  it('does not wait longer because the wall clock is set back', async () => {
    count(3)
    clock.jumpWall(-86_400_000)
    await clock.advance(60_000)
    expect(count(1)).toEqual([null])
  })
})
