import { beforeEach, describe, expect, it } from 'vitest'
import { stayFound } from '../../main/loopback/staying-found.ts'
import { FakeClock } from '../helpers/fake-clock.ts'

describe('a Tokentray that runs', () => {
  let clock: FakeClock
  let folder: () => string
  let isOurs: boolean
  let kept: string[]
  let warned: number
  let lost: number
  let leave: () => void

  beforeEach(() => {
    clock = new FakeClock()
    folder = () => '/run/first'
    ;[isOurs, kept, warned, lost] = [true, [], 0, 0]
    leave = stayFound({
      published: { restore: () => folder(), remove: () => {} },
      lock: {
        keep: (run) => {
          kept.push(run)
          return isOurs
        },
        release: () => {},
      },
      clock,
      log: {
        info: () => {},
        error: () => {},
        warn: () => {
          warned += 1
        },
      },
      lost: () => {
        lost += 1
      },
    })
  })

  it('looks again and again whether it can be found, and tells its lock where', async () => {
    expect(kept).toEqual(['/run/first'])
    folder = () => '/data/run'
    await clock.advance(10_000)
    await clock.advance(10_000)
    expect(kept).toEqual(['/run/first', '/data/run', '/data/run'])
    leave()
    expect(clock.armed).toBe(0)
  })

  it('tries again where the files cannot be written', async () => {
    folder = () => {
      throw new Error('ENOSPC')
    }
    await clock.advance(10_000)
    expect([warned, lost]).toEqual([1, 0])
    folder = () => '/run/first'
    await clock.advance(10_000)
    expect(kept).toHaveLength(2)
  })

  it('tells once that another one has its place', async () => {
    isOurs = false
    await clock.advance(10_000)
    await clock.advance(60_000)
    expect(lost).toBe(1)
    expect(clock.armed).toBe(0)
  })
})
