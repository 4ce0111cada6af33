import { EventEmitter } from 'node:events'
import { beforeEach, describe, expect, it } from 'vitest'
import { createSleepDelay } from '../../../main/desktop/system/sleep-delay.ts'
import { makeLog } from '../fake-electron.ts'

/** A program that delays sleep. */
class Inhibitor extends EventEmitter {
  isHeld = true
  readonly stdin = Object.assign(new EventEmitter(), {
    end: () => {
      this.isHeld = false
    },
  })
}

describe('sleep is delayed', () => {
  let started: Inhibitor[]
  let log: ReturnType<typeof makeLog>
  const make = (platform: NodeJS.Platform = 'linux') =>
    createSleepDelay({
      ...{ platform, log },
      start: () => {
        started.push(new Inhibitor())
        return started.at(-1) as never
      },
    })
  const held = () => started.map(({ isHeld }) => isHeld)

  beforeEach(() => {
    started = []
    log = makeLog()
  })

  it('while it is needed, once, and again when it is needed again', () => {
    const delay = make()
    delay(false)
    expect(held()).toEqual([])
    delay(true)
    delay(true)
    expect(held()).toEqual([true])
    delay(false)
    delay(false)
    expect(held()).toEqual([false])
    started[0]?.emit('exit')
    delay(true)
    expect(held()).toEqual([false, true])
  })

  it.each(['error', 'exit'])(
    'no longer if the lock is lost (%s), and again when it is needed again',
    (event) => {
      const delay = make()
      delay(true)
      started[0]?.emit(event)
      started[0]?.stdin.emit('error', new Error('EPIPE'))
      delay(true)
      expect([started.length, log.lines.length]).toEqual([1, 1])
      delay(false)
      delay(true)
      expect([started.length, log.lines.length]).toEqual([2, 1])
    },
  )

  it('not if no program can be started', () => {
    const delay = createSleepDelay({
      ...{ platform: 'linux', log },
      start: () => Object.assign(new EventEmitter(), { stdin: undefined }),
    })
    delay(true)
    delay(false)
    expect(log.lines).toEqual([])
  })

  it('only on Linux: elsewhere the system waits for listeners', () => {
    make('darwin')(true)
    make('win32')(true)
    expect(started).toEqual([])
  })
})
