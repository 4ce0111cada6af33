import { beforeEach, describe, expect, it } from 'vitest'
import type { Bus, MethodCall, Signal, SignalRule } from '../../../main/desktop/system/dbus.ts'
import { watchTrayHost } from '../../../main/desktop/tray/tray-host.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { idle } from '../../helpers/make-broker.ts'
import { makeLog } from '../fake-electron.ts'

const WATCHER = 'org.kde.StatusNotifierWatcher'
const MISSING_MS = 15_000

let clock: FakeClock
let told: string[]
let heard: { rule: SignalRule; tell: (signal: Signal) => void }[]
let isOwned: boolean
let isRegistered: boolean
let isSilent: boolean
let log: ReturnType<typeof makeLog>
let asked: MethodCall[]

function watch(platform: NodeJS.Platform = 'linux', hasBus = true): () => void {
  let end = () => {}
  const closed = () =>
    new Promise<void>((resolve) => {
      end = resolve
    })
  const connect = (): Bus => ({
    listen: async (rule, tell) => void heard.push({ rule, tell }),
    call: async (call) => {
      asked.push(call)
      if (isSilent) throw new Error('The bus did not answer in time.')
      return call.member === 'NameHasOwner' ? [isOwned] : [[[{ type: 'b' }], [isRegistered]]]
    },
    closed: closed(),
    close: () => {
      heard = []
      end()
    },
  })
  return watchTrayHost({
    ...{ clock, platform, log },
    connectBus: async () => {
      if (!hasBus) throw new Error('There is none.')
      return connect()
    },
    appeared: () => told.push('appeared'),
    missing: () => told.push('missing'),
  })
}

/** The bus signals the new owner of the watcher's name. */
async function changeOwner(to: string): Promise<void> {
  isOwned = to !== ''
  for (const { rule, tell } of heard) {
    if (rule.member === 'NameOwnerChanged' && rule.arg0 === WATCHER)
      tell({ path: '/', body: [WATCHER, ':1.1', to] })
  }
  await idle()
}

/** The watcher signals that a panel shows icons, or no longer does. */
async function register(isNow = true): Promise<void> {
  isRegistered = isNow
  const member = isNow ? 'StatusNotifierHostRegistered' : 'StatusNotifierHostUnregistered'
  for (const { rule, tell } of heard) {
    if (rule.member === member && rule.sender === WATCHER) tell({ path: '/', body: [] })
  }
  await idle()
}

beforeEach(() => {
  clock = new FakeClock()
  told = []
  heard = []
  asked = []
  isOwned = true
  isRegistered = true
  isSilent = false
  log = makeLog()
})

describe('the panel that shows icons', () => {
  it('is reported if it exists, after subscribing to signals', async () => {
    watch()
    await idle()
    expect(told).toEqual(['appeared'])
    expect(heard.map(({ rule }) => rule)).toEqual([
      {
        ...{ interface: 'org.freedesktop.DBus', member: 'NameOwnerChanged' },
        ...{ sender: 'org.freedesktop.DBus', arg0: WATCHER },
      },
      { interface: WATCHER, member: 'StatusNotifierHostRegistered', sender: WATCHER },
      { interface: WATCHER, member: 'StatusNotifierHostUnregistered', sender: WATCHER },
    ])
    await clock.advance(MISSING_MS)
    expect(told).toEqual(['appeared'])
  })

  it('is reported when it appears later', async () => {
    isOwned = false
    watch()
    await idle()
    await clock.advance(MISSING_MS - 1)
    expect(told).toEqual([])
    await changeOwner(':1.2')
    await clock.advance(MISSING_MS)
    expect(told).toEqual(['appeared'])
  })

  it('is missing until it has registered, and is not started by asking', async () => {
    isRegistered = false
    isOwned = false
    watch()
    await idle()
    expect(asked.map(({ member }) => member)).toEqual(['NameHasOwner'])
    await changeOwner(':1.2')
    expect(told).toEqual([])
    await register()
    expect(told).toEqual(['appeared'])
  })

  it('is reported again when it replaces one that ended', async () => {
    watch()
    await idle()
    await changeOwner('')
    await clock.advance(MISSING_MS)
    expect(told).toEqual(['appeared', 'missing'])
    await changeOwner(':1.3')
    expect(told).toEqual(['appeared', 'missing', 'appeared'])
    await changeOwner(':1.4')
    expect(told.slice(3)).toEqual(['appeared'])
  })

  it('is missing once it has ended, even if the watcher keeps running', async () => {
    watch()
    await idle()
    await register(false)
    await clock.advance(MISSING_MS)
    expect(told).toEqual(['appeared', 'missing'])
    await register()
    expect(told).toEqual(['appeared', 'missing', 'appeared'])
  })

  it('is asked again after no answer, with growing pauses, and logged once', async () => {
    isSilent = true
    watch()
    await idle()
    await clock.advance(5_000)
    await clock.advance(30_000)
    expect([asked.length, log.lines.length]).toEqual([3, 1])
    isSilent = false
    await clock.advance(299_999)
    expect(told).toEqual(['missing'])
    await clock.advance(1)
    await idle()
    expect(told).toEqual(['missing', 'appeared'])
  })

  it('is asked again if it signalled and then did not answer', async () => {
    isRegistered = false
    watch()
    await idle()
    isSilent = true
    await register()
    isSilent = false
    await clock.advance(5_000)
    await idle()
    expect([told, log.lines]).toEqual([['appeared'], []])
  })

  it('is missing without a bus', async () => {
    watch('linux', false)
    await clock.advance(MISSING_MS)
    expect(told).toEqual(['missing'])
  })

  it.each(['darwin', 'win32'] as const)('is always there: %s', (platform) => {
    watch(platform)
    expect(told).toEqual(['appeared'])
  })

  it('is not watched after stopping', async () => {
    isOwned = false
    const stop = watch()
    await idle()
    expect(heard).not.toEqual([])
    stop()
    await clock.advance(MISSING_MS)
    expect([told, heard]).toEqual([[], []])
  })
})
