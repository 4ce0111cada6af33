import { beforeEach, describe, expect, it } from 'vitest'
import { stayFound } from '../../../main/loopback/found/staying-found.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const restored = (run: string) => ({
  run,
  watched: [`${run}/endpoint.json`, `${run}/owner.key`],
})

describe('a running Tokentray', () => {
  let clock: FakeClock
  let folder: () => string
  let isOurs: boolean
  let kept: string[]
  let warned: number
  let lost: number
  let leave: () => void
  /** Whether the system reports changes. */
  let tells: boolean
  let watched: (readonly string[])[]
  let watching: number
  let tell: () => void
  const start = () => {
    clock = new FakeClock()
    ;[watched, watching, tell] = [[], 0, () => {}]
    folder = () => '/run/first'
    ;[isOurs, kept, warned, lost] = [true, [], 0, 0]
    leave = stayFound({
      published: { restore: () => restored(folder()), wanted: '/run/first', remove: () => {} },
      lock: {
        keep: (run) => {
          kept.push(run)
          return isOurs
        },
        release: () => {},
        file: '/data/broker.lock.1',
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
      watch: (files, changed) => {
        if (!tells) return null
        watched.push(files)
        tell = changed
        watching += 1
        return () => {
          watching -= 1
        }
      },
    })
  }

  beforeEach(() => {
    tells = false
    start()
  })

  it('checks soon after one of its files has changed, and rarely otherwise', async () => {
    leave()
    tells = true
    start()
    expect(watched).toEqual([
      ['/run/first/endpoint.json', '/run/first/owner.key', '/data/broker.lock.1'],
    ])
    await clock.advance(59_000)
    expect(kept).toHaveLength(1)
    tell()
    await clock.advance(999)
    expect(kept).toHaveLength(2)
    await clock.advance(60_000)
    expect(kept).toHaveLength(3)
    expect([watching, clock.armed]).toEqual([1, 1])
    folder = () => '/data/run'
    tell()
    await clock.advance(11_000)
    expect(kept).toEqual([...Array(3).fill('/run/first'), '/data/run', '/data/run'])
    leave()
    expect([watching, clock.armed]).toEqual([0, 0])
  })

  it('checks regularly if the system reports nothing, and writes the folder into its lock', async () => {
    expect(kept).toEqual(['/run/first'])
    folder = () => '/data/run'
    await clock.advance(10_000)
    await clock.advance(10_000)
    expect(kept).toEqual(['/run/first', '/data/run', '/data/run'])
    leave()
    expect(clock.armed).toBe(0)
  })

  it('tries again if the files cannot be written', async () => {
    folder = () => {
      throw new Error('ENOSPC')
    }
    await clock.advance(10_000)
    expect([warned, lost]).toEqual([1, 0])
    folder = () => '/run/first'
    await clock.advance(10_000)
    expect(kept).toHaveLength(2)
  })

  it('reports once that another instance has replaced it', async () => {
    isOurs = false
    await clock.advance(10_000)
    await clock.advance(60_000)
    expect(lost).toBe(1)
    expect(clock.armed).toBe(0)
  })
})
