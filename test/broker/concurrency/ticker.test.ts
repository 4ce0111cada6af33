import { beforeEach, describe, expect, it } from 'vitest'
import { FAR, Ticker } from '../../../main/broker/concurrency/ticker.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

let clock: FakeClock
let ticker: Ticker
let startedAt: number
/** Seconds after the start, by the monotonic clock. */
let ticks: number[]
let jumps: number
let failures: unknown[]
/** Whether each tick came for a deadline. */
let dues: boolean[]
let tick: () => number

beforeEach(() => {
  clock = new FakeClock()
  startedAt = clock.monotonic()
  ticks = []
  jumps = 0
  failures = []
  dues = []
  tick = () => FAR
  ticker = new Ticker(clock, {
    tick: (isDue) => {
      dues.push(isDue)
      ticks.push((clock.monotonic() - startedAt) / 1_000)
      return tick()
    },
    jumped: () => {
      jumps += 1
    },
    failed: (error) => failures.push(error),
  })
})

describe('Ticker', () => {
  it('ticks at the start and then every 30 s while there is work', async () => {
    ticker.start()
    await clock.advance(90_000)
    expect(ticks).toEqual([0, 30, 60, 90])
  })

  it('has no timer while there is nothing to wait for, until there is again', async () => {
    tick = () => Number.POSITIVE_INFINITY
    ticker.start()
    expect(clock.armed).toBe(0)
    await clock.advance(3_600_000)
    expect(ticks).toEqual([0])
    ticker.wake()
    ticker.wake()
    expect(clock.armed).toBe(1)
    await clock.advance(30_000)
    expect(ticks).toEqual([0, 3_630])
    expect(clock.armed).toBe(0)
  })

  it('distinguishes a deadline from the 30 s that pass before one', async () => {
    tick = () => startedAtWall + 70_000
    const startedAtWall = clock.now()
    ticker.start()
    await clock.advance(70_000)
    expect([ticks, dues]).toEqual([
      [0, 30, 60, 70],
      [false, false, false, true],
    ])
  })

  it('ticks at the deadline that the last tick returned', async () => {
    tick = () => (ticks.length === 1 ? clock.now() + 12_000 : FAR)
    ticker.start()
    await clock.advance(42_000)
    expect(ticks).toEqual([0, 12, 42])
  })

  it('has one timer, however often it is armed', async () => {
    ticker.start()
    for (const seconds of [20, 10, 15, 5, 25]) ticker.arm(clock.now() + seconds * 1_000)
    expect(clock.armed).toBe(1)
    await clock.advance(5_000)
    expect(ticks).toEqual([0, 5])
    expect(clock.armed).toBe(1)
  })

  it('waits at most 30 s for a deadline that is months away', async () => {
    tick = () => clock.now() + 90 * 86_400_000
    ticker.start()
    await clock.advance(30_000)
    expect(ticks).toEqual([0, 30])
  })

  it('ticks soon for a deadline in the past, but not in a loop', async () => {
    ticker.start()
    ticker.arm(clock.now() - 60_000)
    await clock.advance(1)
    expect(ticks).toEqual([0, 0.001])
    await clock.advance(29_999)
    expect(ticks).toEqual([0, 0.001])
  })

  it('ticks at most once a millisecond, however near the deadline is', async () => {
    tick = () => clock.now() + 1e-9
    ticker.start()
    await clock.advance(10)
    expect(ticks).toHaveLength(11)
  })

  it.each([
    { event: 'the machine slept', jump: () => clock.sleep(600_000) },
    { event: 'the wall clock was set forward', jump: () => clock.jumpWall(6_000) },
    { event: 'the wall clock was set back', jump: () => clock.jumpWall(-6_000) },
  ])('reports a clock jump once when $event', async ({ jump }) => {
    ticker.start()
    jump()
    await clock.advance(60_000)
    expect(jumps).toBe(1)
  })

  it('ignores a difference of a few seconds as drift', async () => {
    ticker.start()
    for (let minute = 0; minute < 10; minute += 1) {
      clock.jumpWall(4_000)
      await clock.advance(30_000)
    }
    expect(jumps).toBe(0)
  })

  it('ticks on demand only after a clock jump', () => {
    ticker.start()
    ticker.catchUp()
    expect(ticks).toEqual([0])
    clock.sleep(600_000)
    ticker.catchUp()
    ticker.catchUp()
    expect(ticks).toEqual([0, 0])
    expect(jumps).toBe(1)
    expect(clock.armed).toBe(1)
  })

  it('still meets a nearer deadline after the wall clock was set forward', async () => {
    ticker.start()
    clock.jumpWall(3_600_000)
    ticker.arm(clock.now() + 5_000)
    await clock.advance(5_000)
    expect(ticks).toEqual([0, 5])
  })

  it('keeps running after a tick that threw', async () => {
    tick = () => {
      if (ticks.length === 2) throw new Error('broken')
      return FAR
    }
    ticker.start()
    await clock.advance(60_000)
    expect(ticks).toEqual([0, 30, 60])
    expect(failures).toHaveLength(1)
  })

  it('does nothing after it is stopped', async () => {
    ticker.start()
    ticker.stop()
    ticker.arm(clock.now() + 1)
    clock.sleep(600_000)
    ticker.catchUp()
    await clock.advance(60_000)
    expect(ticks).toEqual([0])
    expect(clock.armed).toBe(0)
  })
})
