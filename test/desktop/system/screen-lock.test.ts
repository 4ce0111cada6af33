import { EventEmitter } from 'node:events'
import { setImmediate as endOfTurn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Bus, BusName } from '../../../main/desktop/system/dbus.ts'
import { watchScreen } from '../../../main/desktop/system/screen-lock.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

describe('the screen', () => {
  let told: string[]
  let logged: string[]
  let asked: BusName[]
  let closed: number
  let clock: FakeClock
  let powerMonitor: EventEmitter

  beforeEach(() => {
    told = []
    logged = []
    asked = []
    closed = 0
    clock = new FakeClock()
    powerMonitor = new EventEmitter()
  })

  const watch = (platform: NodeJS.Platform, connect: () => Promise<Bus>) =>
    watchScreen({
      powerMonitor,
      connectBus: (name) => {
        asked.push(name)
        return connect()
      },
      log: { info: () => undefined, warn: (line) => logged.push(line), error: () => undefined },
      on: {
        locked: () => told.push('locked'),
        suspended: () => told.push('suspended'),
        resumed: () => told.push('resumed'),
      },
      platform,
      clock,
    })
  const noBus = () => Promise.reject(new Error('There is no bus.'))
  const quietBus = async (): Promise<Bus> => {
    let end: () => void = () => undefined
    const over = new Promise<void>((resolve) => {
      end = resolve
    })
    const close = () => {
      closed += 1
      end()
    }
    return { listen: async () => undefined, call: async () => [], closed: over, close }
  }

  it.each(['darwin', 'win32'] as const)('is watched only by Electron on %s', (platform) => {
    const stop = watch(platform, noBus)
    for (const event of ['lock-screen', 'suspend', 'resume']) powerMonitor.emit(event)
    expect(told).toEqual(['locked', 'suspended', 'resumed'])
    stop()
    for (const event of ['lock-screen', 'suspend', 'resume']) powerMonitor.emit(event)
    expect(told).toHaveLength(3)
    expect(asked).toEqual([])
  })

  it('is locked at each signal, so that a missed unlock hides no later lock', () => {
    watch('darwin', noBus)
    powerMonitor.emit('lock-screen')
    powerMonitor.emit('lock-screen')
    expect(told).toEqual(['locked', 'locked'])
  })

  it('reports each sleep once, however many sources report it', () => {
    watch('linux', quietBus)
    for (const event of ['suspend', 'suspend', 'resume', 'resume', 'suspend']) {
      powerMonitor.emit(event)
    }
    expect(told).toEqual(['suspended', 'resumed', 'suspended'])
  })

  it('logs each missing bus once, and retries after each pause', async () => {
    const stop = watch('linux', noBus)
    await endOfTurn()
    expect(asked).toEqual(['session', 'system'])
    const tries = []
    for (const pause of [5_000, 30_000, 300_000, 300_000]) {
      await clock.advance(pause - 1)
      tries.push(asked.length)
      await clock.advance(1)
      tries.push(asked.length)
    }
    expect(tries).toEqual([2, 4, 4, 6, 6, 8, 8, 10])
    expect(logged).toHaveLength(2)
    expect(new Set(logged.map((line) => /the (\w+) bus/.exec(line)?.[1]))).toEqual(
      new Set(['session', 'system']),
    )
    stop()
    expect(clock.armed).toBe(0)
  })

  it('closes connections when it stops, including pending ones', async () => {
    const stop = watch('linux', quietBus)
    await endOfTurn()
    stop()
    await endOfTurn()
    expect(closed).toBeGreaterThanOrEqual(2)
    closed = 0
    watch('linux', quietBus)()
    await endOfTurn()
    expect(closed).toBe(2)
    expect(clock.armed).toBe(0)
  })
})
