import { EventEmitter } from 'node:events'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { connectBus } from '../../../main/desktop/system/dbus.ts'
import { watchScreen } from '../../../main/desktop/system/screen-lock.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { describeWith, linuxProc } from '../../helpers/needs.ts'
import { dbus, type OwnBus, pythonDbus, startOwnBus } from './own-bus.ts'

const nowhere = 'unix:path=/nonexistent/bus'
const soon = { timeout: 10_000, interval: 5 }
const WHOSE = 'the user of the locked session is unknown'
const MARK = 'org.tokentray.Test'

describeWith([linuxProc, dbus, pythonDbus], 'the screen on a real bus', () => {
  let told: string[]
  let logged: string[]
  let clock: FakeClock
  let buses: OwnBus[]
  let stops: (() => void)[]
  let rules: number
  let marks: number

  beforeEach(() => {
    told = []
    logged = []
    clock = new FakeClock()
    buses = []
    stops = []
    rules = 0
    marks = 0
  })

  afterEach(async () => {
    for (const stop of stops) stop()
    for (const bus of buses) await bus.close()
  })

  const startBus = async (listen?: string) => {
    const bus = await startOwnBus(listen)
    buses.push(bus)
    return bus
  }

  const watch = (session: string, system: string) => {
    const env = { DBUS_SESSION_BUS_ADDRESS: session, DBUS_SYSTEM_BUS_ADDRESS: system }
    const stop = watchScreen({
      powerMonitor: new EventEmitter(),
      connectBus: async (name) => {
        const bus = await connectBus(name, env)
        await bus.listen({ interface: MARK, member: 'Mark' }, () => {
          marks += 1
        })
        const listen: typeof bus.listen = async (rule, heard) => {
          await bus.listen(rule, heard)
          rules += 1
        }
        return { ...bus, listen }
      },
      log: { info: () => undefined, warn: (line) => logged.push(line), error: () => undefined },
      on: {
        locked: () => told.push('locked'),
        suspended: () => told.push('suspended'),
        resumed: () => told.push('resumed'),
      },
      platform: 'linux',
      clock,
    })
    stops.push(stop)
    return stop
  }
  const listensTo = (count: number) => vi.waitFor(() => expect(rules).toBe(count), soon)
  const tells = (...words: string[]) => vi.waitFor(() => expect(told).toEqual(words), soon)
  /** Resolves once all earlier signals were received, because they arrive in order. */
  const toldBy = async (bus: OwnBus, ...words: string[]) => {
    const before = marks
    await bus.emit('/Mark', `${MARK}.Mark`)
    await vi.waitFor(() => expect(marks).toBeGreaterThan(before), soon)
    expect(told).toEqual(words)
  }
  const gnome = 'org.gnome.ScreenSaver.ActiveChanged'

  it.each(['freedesktop', 'gnome', 'cinnamon', 'mate', 'xfce'])(
    'is locked when the screen saver of %s signals it, and not when it signals the opposite',
    async (desktop) => {
      const bus = await startBus()
      watch(bus.address, nowhere)
      await listensTo(5)
      const signal = `org.${desktop}.ScreenSaver.ActiveChanged`
      await bus.emit('/ScreenSaver', signal, 'boolean:false')
      await bus.emit('/ScreenSaver', `org.${desktop}.ScreenSaver.Other`, 'boolean:true')
      await toldBy(bus)
      await bus.emit('/ScreenSaver', signal, 'boolean:true')
      await toldBy(bus, 'locked')
    },
  )

  it('is locked when logind locks a session of this user, and of no other user', async () => {
    const bus = await startBus()
    const logind = await bus.startLogind()
    watch(nowhere, bus.address)
    await listensTo(2)
    await logind.do('lock 2')
    // logind answers in order: after this, the owner of session 2 was answered as well.
    await logind.do('lock 3')
    await vi.waitFor(() => expect(logged).toContain(WHOSE), soon)
    expect(told).toEqual(['locked'])
    await logind.do('lock 1')
    await tells('locked', 'locked')
  })

  it('is locked even if logind does not say whose session it locks', async () => {
    const bus = await startBus()
    const logind = await bus.startLogind()
    watch(nowhere, bus.address)
    await listensTo(2)
    await logind.do('lock 3')
    await tells('locked')
    expect(logged.at(-1)).toBe(WHOSE)
  })

  it('reports sleep and resume', async () => {
    const bus = await startBus()
    const logind = await bus.startLogind()
    watch(nowhere, bus.address)
    await listensTo(2)
    for (const signal of ['sleep', 'wake', 'sleep']) await logind.do(signal)
    await tells('suspended', 'resumed', 'suspended')
  })

  it('ignores senders other than logind, broadcast or addressed to us', async () => {
    const bus = await startBus()
    watch(nowhere, bus.address)
    await listensTo(2)
    const session = '/org/freedesktop/login1/session/_31'
    const sleeps = 'org.freedesktop.login1.Manager.PrepareForSleep'
    await bus.emit(session, 'org.freedesktop.login1.Session.Lock')
    await bus.emit('/org/freedesktop/login1', sleeps, 'boolean:true')
    // The first connection on a new bus has this name.
    await bus.send(':1.0', '/org/freedesktop/login1', sleeps, 'boolean:true')
    const logind = await bus.startLogind()
    await logind.do('wake')
    await tells('resumed')
  })

  it('reconnects when the bus is back, and logs each outage once', async () => {
    const listen = `unix:path=${path.join(makeTestFolder('bus'), 'bus')}`
    const first = await startBus(listen)
    watch(first.address, nowhere)
    await listensTo(5)
    await first.close()
    await vi.waitFor(() => expect(clock.armed).toBe(2), soon)
    // Still missing at the first retry.
    await clock.advance(5_000)
    await vi.waitFor(() => expect(clock.armed).toBe(2), soon)
    const second = await startBus(listen)
    await clock.advance(30_000)
    await listensTo(10)
    await second.emit('/ScreenSaver', gnome, 'boolean:true')
    await tells('locked')
    const said = () => logged.filter((line) => line.startsWith('the session bus')).length
    expect(said()).toBe(1)
    await second.close()
    await vi.waitFor(() => expect(clock.armed).toBe(2), soon)
    await clock.advance(5_000)
    await vi.waitFor(() => expect(said()).toBe(2), soon)
  })

  it('receives nothing after stopping', async () => {
    const bus = await startBus()
    const stop = watch(bus.address, nowhere)
    await listensTo(5)
    stop()
    await bus.emit('/ScreenSaver', gnome, 'boolean:true')
    watch(bus.address, nowhere)
    await listensTo(10)
    await bus.emit('/ScreenSaver', gnome, 'boolean:true')
    await toldBy(bus, 'locked')
  })
})
