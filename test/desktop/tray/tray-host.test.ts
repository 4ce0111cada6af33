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
let asked: MethodCall[]

function watch(platform: NodeJS.Platform = 'linux', hasBus = true): () => void {
  const bus: Bus = {
    listen: async (rule, tell) => void heard.push({ rule, tell }),
    call: async (call) => {
      asked.push(call)
      return call.member === 'NameHasOwner' ? [isOwned] : [[[{ type: 'b' }], [isRegistered]]]
    },
    closed: new Promise<void>(() => undefined),
    close: () => told.push('closed'),
  }
  return watchTrayHost({
    ...{ clock, platform, log: makeLog() },
    connectBus: async () => {
      if (!hasBus) throw new Error('There is none.')
      return bus
    },
    appeared: () => told.push('appeared'),
    missing: () => told.push('missing'),
  })
}

/** The bus says who has the watcher's name now. */
async function changeOwner(to: string): Promise<void> {
  isOwned = to !== ''
  for (const { rule, tell } of heard) {
    if (rule.member === 'NameOwnerChanged' && rule.arg0 === WATCHER)
      tell({ path: '/', body: [WATCHER, ':1.1', to] })
  }
  await idle()
}

async function register(): Promise<void> {
  isRegistered = true
  for (const { rule, tell } of heard) {
    if (rule.member === 'StatusNotifierHostRegistered' && rule.sender === WATCHER)
      tell({ path: '/', body: [] })
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
})

describe('the panel that shows icons', () => {
  it('is told of where it is there, once it is listened for', async () => {
    watch()
    await idle()
    expect(told).toEqual(['appeared'])
    expect(heard.map(({ rule }) => rule)).toEqual([
      {
        ...{ interface: 'org.freedesktop.DBus', member: 'NameOwnerChanged' },
        ...{ sender: 'org.freedesktop.DBus', arg0: WATCHER },
      },
      { interface: WATCHER, member: 'StatusNotifierHostRegistered', sender: WATCHER },
    ])
    await clock.advance(MISSING_MS)
    expect(told).toEqual(['appeared'])
  })

  it('is told of when it comes later', async () => {
    isOwned = false
    watch()
    await idle()
    await clock.advance(MISSING_MS - 1)
    expect(told).toEqual([])
    await changeOwner(':1.2')
    await clock.advance(MISSING_MS)
    expect(told).toEqual(['appeared'])
  })

  it('is not there before it has registered, and is not started by a question', async () => {
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

  it('is told of anew in the place of one that ended, which knows of no icons', async () => {
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

  it('is missing where there is no bus', async () => {
    watch('linux', false)
    await clock.advance(MISSING_MS)
    expect(told).toEqual(['missing'])
  })

  it.each(['darwin', 'win32'] as const)('is always there: %s', (platform) => {
    watch(platform)
    expect(told).toEqual(['appeared'])
  })

  it('is not watched any more once that was ended', async () => {
    isOwned = false
    const stop = watch()
    await idle()
    stop()
    await clock.advance(MISSING_MS)
    expect(told).toEqual(['closed'])
  })
})
