import { EventEmitter } from 'node:events'
import { beforeEach, describe, expect, it } from 'vitest'
import type { RemainingTokens } from '../../main/broker/revocation/remaining-tokens.ts'
import {
  keepsInMemory,
  loginCommand,
  manageLifecycle,
  runsWithoutTray,
  startedAtLogin,
  stopAll,
  takeSignals,
} from '../../main/desktop/lifecycle.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { idle } from '../helpers/make-broker.ts'
import { FakeApp, isPrevented, makeLog } from './fake-electron.ts'

let app: FakeApp
let node: EventEmitter
let power: EventEmitter
let clock: FakeClock
let log: ReturnType<typeof makeLog>
let done: string[]
let failing: boolean
let held: Promise<void>
let ports: Parameters<typeof manageLifecycle>[0]
let failure: () => void
let shown: Promise<boolean>
let stopped: PromiseWithResolvers<RemainingTokens>

/** Node 20 has no `Promise.withResolvers`. */
interface PromiseWithResolvers<Value> {
  readonly promise: Promise<Value>
  readonly resolve: (value: Value) => void
  readonly reject: (error: unknown) => void
}

function makeStop(): PromiseWithResolvers<RemainingTokens> {
  let resolve: (left: RemainingTokens) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<RemainingTokens>((...both) => {
    ;[resolve, reject] = both
  })
  return { promise, resolve, reject }
}

function makeShown() {
  let resolve: (is: boolean) => void = () => undefined
  const promise = new Promise<boolean>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

beforeEach(() => {
  app = new FakeApp()
  node = new EventEmitter()
  power = new EventEmitter()
  clock = new FakeClock()
  log = makeLog()
  done = []
  failing = false
  held = Promise.resolve()
  shown = Promise.resolve(true)
  const failed = new Promise<void>((resolve) => {
    failure = resolve
  })
  stopped = makeStop()
  ports = {
    app: app.asApp,
    process: node as unknown as NodeJS.Process,
    powerMonitor: power as unknown as Electron.PowerMonitor,
    ...{ clock, log, failed, logFile: '/data/tokentray.log' },
    leave: () => done.push('leave'),
    box: ({ title }) => done.push(`box ${title}`),
    open: (...args: unknown[]) => done.push(`open ${args.length}`),
    stop: (deadlineMs) => {
      done.push(`stop within ${deadlineMs}`)
      return stopped.promise
    },
    say: ({ title, body }) => {
      if (failing) throw new Error('There are no notifications here.')
      done.push(`say ${title}: ${body}`)
      return { takeBack: () => undefined, isShown: shown }
    },
    visible: [
      { remove: () => done.push('remove icon') },
      { remove: () => done.push('remove window') },
    ],
    killIfStuck: () => held,
  }
  manageLifecycle(ports)
})

it('a failing stop settles only after the clipboard was cleared', async () => {
  const closed = makeStop()
  const stopping = stopAll(
    {
      host: { stop: () => Promise.reject(new Error('The disk is full.')) },
      autoClear: { close: () => closed.promise },
    },
    7_000,
  )
  const over = stopping.then(
    () => done.push('stopped'),
    (error: Error) => done.push(error.message),
  )
  await idle()
  expect(done).toEqual([])
  closed.resolve({ pending: 0, untilExpiry: 0 })
  await over
  expect(done).toEqual(['The disk is full.'])
})

describe('quitting', () => {
  it('revokes tokens first, then removes the icon, then quits', async () => {
    app.quit()
    expect([app.quits, done]).toEqual([0, ['stop within 7000']])
    stopped.resolve({ pending: 0, untilExpiry: 0 })
    await idle()
    expect([app.quits, done.slice(1)]).toEqual([1, ['remove icon', 'remove window']])
  })

  it('happens once, however often it is requested', async () => {
    app.quit()
    app.quit()
    power.emit('shutdown')
    node.emit('SIGTERM')
    stopped.resolve({ pending: 0, untilExpiry: 0 })
    await idle()
    expect([app.quits, done.filter((step) => step.startsWith('stop'))]).toHaveLength(2)
    expect(app.quits).toBe(1)
  })

  it('reports for each kind of remaining tokens how many there are, and until when they are valid', async () => {
    app.quit()
    const [hour, day] = [clock.now() + 3_600_000, clock.now() + 86_400_000]
    stopped.resolve({ pending: 1, pendingEndsAt: hour, untilExpiry: 2, untilExpiryEndsAt: day })
    await idle()
    expect(done.slice(1, 3)).toEqual([
      'say 1 token could not be revoked yet: It is valid until 01:00 at the latest. The next start tries again.',
      'say 2 tokens cannot be revoked: They are valid until 2026-01-02 00:00 at the latest.',
    ])
  })

  it('happens even if the stop fails, which is logged', async () => {
    app.quit()
    stopped.reject(new Error('x'))
    await idle()
    expect([app.quits, log.lines.length]).toEqual([1, 1])
  })

  it('happens within 9 s even if the stop hangs', async () => {
    app.quit()
    await clock.advance(8_999)
    expect(app.quits).toBe(0)
    await clock.advance(1)
    await idle()
    expect([app.quits, log.lines]).toEqual([1, [expect.stringMatching(/^the stop failed/)]])
    expect(done).toContain(
      'say Some tokens could not be revoked: They may be valid until they expire. The next start revokes those on its list.',
    )
  })

  it('waits once for blocked system calls at the end, after notifications and hiding everything', async () => {
    let release = () => {}
    held = new Promise((resolve) => {
      release = resolve
    })
    app.quit()
    stopped.resolve({ pending: 1, untilExpiry: 0 })
    await idle()
    expect([app.quits, done.slice(-2)]).toEqual([0, ['remove icon', 'remove window']])
    app.quit()
    await idle()
    expect(app.quits).toBe(0)
    release()
    await idle()
    expect(app.quits).toBe(1)
  })

  it('happens even if no notification can be shown, and still removes icon and window', async () => {
    failing = true
    app.quit()
    stopped.resolve({ pending: 1, untilExpiry: 0 })
    await idle()
    expect([app.quits, done.slice(-2)]).toEqual([1, ['remove icon', 'remove window']])
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('is what %s asks for', (signal) => {
    node.emit(signal)
    expect(done).toEqual(['stop within 7000'])
  })

  it('waits until notifications are shown, but at most 2 s', async () => {
    const showing = makeShown()
    shown = showing.promise
    app.quit()
    stopped.resolve({ pending: 1, untilExpiry: 0 })
    await clock.advance(1_000)
    expect([app.quits, done.length]).toEqual([0, 2])
    showing.resolve(true)
    await idle()
    expect(app.quits).toBe(1)
  })

  it('does not wait if the system does not show notifications', async () => {
    shown = new Promise(() => undefined)
    app.quit()
    stopped.resolve({ pending: 1, untilExpiry: 0 })
    await idle()
    await clock.advance(1_999)
    await idle()
    expect(app.quits).toBe(0)
    await clock.advance(1)
    await idle()
    expect(app.quits).toBe(1)
  })
})

describe('the end of the session', () => {
  it('makes the system wait, and takes less time', () => {
    expect(isPrevented(power, 'shutdown')).toBe(true)
    expect(done).toEqual(['stop within 2000'])
  })

  it('takes at most 3 s, plus one for a blocked system call', async () => {
    shown = new Promise(() => undefined)
    power.emit('shutdown')
    await clock.advance(1_500)
    stopped.resolve({ pending: 1, untilExpiry: 0 })
    await idle()
    await clock.advance(1_499)
    expect(app.quits).toBe(0)
    await clock.advance(1)
    await idle()
    expect([app.quits, done.slice(-2)]).toEqual([1, ['remove icon', 'remove window']])
  })

  it('hurries a stop that began before it', async () => {
    app.quit()
    await clock.advance(1_000)
    power.emit('shutdown')
    await clock.advance(2_999)
    expect(app.quits).toBe(0)
    await clock.advance(1)
    await idle()
    expect(app.quits).toBe(1)
  })

  it('without waiting removes the files that lead to the endpoint', () => {
    app.emit('quit', {}, 0)
    expect(done).toEqual(['leave'])
  })
})

describe('an uncaught error', () => {
  const SAID =
    'say Tokentray stopped after an internal error: Start it again to get tokens. Please report what /data/tokentray.log says.'

  it('quits the program in order, reports it, and sets the exit code', async () => {
    failure()
    await idle()
    expect(done).toEqual(['stop within 7000'])
    stopped.resolve({ pending: 1, untilExpiry: 0 })
    await idle()
    expect(done.slice(1)).toEqual([
      expect.stringMatching(/^say 1 token could not be revoked yet/),
      ...[SAID, 'remove icon', 'remove window'],
    ])
    expect([app.exits, app.quits]).toEqual([[1], 0])
  })

  it('is shown in a dialog if there are no notifications', async () => {
    shown = Promise.resolve(false)
    failure()
    stopped.resolve({ pending: 0, untilExpiry: 0 })
    await idle()
    expect(done.slice(1, 3)).toEqual([SAID, 'box Tokentray stopped after an internal error'])
    expect(app.exits).toEqual([1])
  })
})

it('does not quit with its last window', () => {
  expect(app.emit('window-all-closed')).toBe(true)
  expect(app.quits).toBe(0)
})

it('opens the window at a second start, and ignores its arguments', () => {
  app.emit('second-instance', {}, ['tokentray', '--inspect', 'tokentray://evil'], '/somewhere', {})
  app.emit('activate', {})
  expect(done).toEqual(['open 0', 'open 0'])
})

it('replaces existing signal handlers', () => {
  const ends: string[] = []
  node.on('SIGTERM', () => ends.push('the settings library ends the process'))
  takeSignals({ app: app.asApp, process: node as unknown as NodeJS.Process })
  node.emit('SIGTERM')
  expect([ends, done]).toEqual([[], ['stop within 7000']])
  expect(node.listenerCount('SIGTERM')).toBe(1)
})

describe('npm start that was killed', () => {
  it('makes it quit in order', () => {
    node.emit('disconnect')
    expect(done).toEqual(['stop within 7000'])
  })

  it('is noticed as well if it was killed before there was a listener', () => {
    const orphan = Object.assign(new EventEmitter(), { connected: false })
    const process = orphan as unknown as NodeJS.Process
    manageLifecycle({ ...ports, app: new FakeApp().asApp, process })
    expect(done).toEqual(['stop within 7000'])
  })
})

it('keeps credentials in memory when its arguments say so', () => {
  expect(keepsInMemory(['electron', '.', '--memory'])).toBe(true)
  expect(keepsInMemory(['electron', '.', '--hidden'])).toBe(false)
})

it('has no tray icon when its arguments say so', () => {
  expect(runsWithoutTray(['electron', '.', '--no-tray'])).toBe(true)
  expect(runsWithoutTray(['electron', '.', '--hidden'])).toBe(false)
})

describe('a start at login', () => {
  it('is detected by the argument of the login item', () => {
    const command = loginCommand(app.asApp)
    expect(command).toEqual([process.execPath, '--hidden'])
    expect(startedAtLogin(app.asApp, command)).toBe(true)
    expect(startedAtLogin(app.asApp, [process.execPath])).toBe(false)
  })

  it('is reported by macOS itself', () => {
    app.wasOpenedAtLogin = true
    expect(startedAtLogin(app.asApp, [process.execPath])).toBe(true)
  })

  it('includes the app path in development', () => {
    app.isPackaged = false
    expect(loginCommand(app.asApp)).toEqual([process.execPath, '/the/app', '--hidden'])
  })
})
