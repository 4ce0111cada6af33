import { beforeEach, describe, expect, it } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { Host } from '../../main/desktop/host.ts'
import type { Running } from '../../main/desktop/running.ts'
import type { OtherBroker } from '../../preload/snapshot.ts'
import { idle, makeBroker, type TestBroker } from '../helpers/make-broker.ts'
import { toRunning } from './running.ts'

let test: TestBroker
let host: Host
let ports: ConstructorParameters<typeof Host>[0]
let started: boolean[]
let stopped: number[]
let other: OtherBroker | null
let changes: number
let fatal: unknown[]
/** The results of the next starts. */
let start: () => Promise<Running>

beforeEach(async () => {
  test = await makeBroker()
  started = []
  stopped = []
  other = null
  changes = 0
  fatal = []
  const stop = async (deadlineMs: number) => {
    stopped.push(deadlineMs)
    return { pending: 2, untilExpiry: 0 }
  }
  start = async () => toRunning(test, { stop })
  ports = {
    start: (memory) => {
      started.push(memory)
      return start()
    },
    findOther: () => other,
    changed: () => {
      changes += 1
    },
    fatal: (error) => fatal.push(error),
    clock: test.clock,
  }
  host = new Host(ports)
})

/** A promise that resolves to this value when released. */
function makeGate<Value>(value: Value) {
  let resolve = () => {}
  const promise = new Promise<Value>((done) => {
    resolve = () => done(value)
  })
  return { promise, resolve }
}

const alreadyRunning = () => Promise.reject(new TokentrayError('already_running'))

it('stops for another process that has become the broker, and starts again after it', async () => {
  let lose = () => {}
  const lost = new Promise<void>((resolve) => {
    lose = resolve
  })
  const stop = async (ms: number) => {
    stopped.push(ms)
    return { pending: 0, untilExpiry: 0 }
  }
  start = async () => toRunning(test, { lost, stop })
  await host.start()
  start = alreadyRunning
  other = { kind: 'agent', pid: 4711 }
  lose()
  await idle()
  expect([host.phase, host.running, stopped.length]).toEqual(['blocked', null, 1])
  expect(fatal).toEqual([])
  other = null
  start = async () => toRunning(test)
  await test.clock.advance(3_000)
  await idle()
  expect(host.phase).toBe('running')
})

describe('a start', () => {
  it('is starting until the keychain was tried', async () => {
    let tried = () => {}
    const trying = new Promise<void>((resolve) => {
      tried = resolve
    })
    start = async () => toRunning(test, { started: trying })
    await host.start()
    expect([host.phase, host.broker === test.broker]).toEqual(['starting', true])
    tried()
    await idle()
    expect(host.phase).toBe('running')
  })

  it('passes on changes of the broker', async () => {
    await host.start()
    await idle()
    const before = changes
    test.broker.changes.tell()
    expect(changes).toBe(before + 1)
  })

  it('happens once', async () => {
    await Promise.all([host.start(), host.start()])
    expect(started).toEqual([false])
  })

  it('that fails is reported, and has no phase of its own', async () => {
    const error = new TokentrayError('record_unavailable')
    start = () => Promise.reject(error)
    await host.start()
    expect(fatal).toEqual([error])
  })

  it('rejects calls that come too early', () => {
    expect(() => host.broker).toThrow('Tokentray is starting.')
  })
})

describe('while another broker runs', () => {
  beforeEach(async () => {
    start = alreadyRunning
    other = { kind: 'agent', pid: 7 }
    await host.start()
  })

  it('is blocked, and names it', () => {
    expect([host.phase, host.otherBroker, fatal]).toEqual(['blocked', other, []])
    expect(() => host.broker).toThrow('Tokentray is already running.')
  })

  it('starts when the other one has stopped', async () => {
    await test.clock.advance(10_000)
    expect([host.phase, started.length]).toEqual(['blocked', 1])
    start = async () => toRunning(test)
    other = null
    await test.clock.advance(3_000)
    await idle()
    expect([host.phase, host.otherBroker]).toEqual(['running', null])
  })

  it('stops checking once it has started itself', async () => {
    start = async () => toRunning(test)
    await host.start()
    other = null
    await test.clock.advance(10_000)
    expect(started).toHaveLength(2)
  })

  it('can be quit', async () => {
    expect(await host.stop(10)).toEqual({ pending: 0, untilExpiry: 0 })
    other = null
    await test.clock.advance(10_000)
    expect([host.phase, started.length]).toEqual(['stopping', 1])
  })
})

it('keeps credentials in memory from the first start on if it was told to', async () => {
  host = new Host({ ...ports, memory: true })
  await host.start()
  expect([started, host.memory]).toEqual([[true], true])
})

describe('continuing without a keychain', () => {
  it('stops and restarts, in memory', async () => {
    await host.start()
    await host.useMemory()
    await idle()
    expect([stopped.length, started, host.memory, host.phase]).toEqual([
      ...[1, [false, true], true, 'running'],
    ])
  })

  it('happens once', async () => {
    await host.start()
    await Promise.all([host.useMemory(), host.useMemory()])
    expect(started).toEqual([false, true])
  })

  it('is blocked if an agent started first', async () => {
    await host.start()
    start = alreadyRunning
    await host.useMemory()
    expect([host.phase, host.otherBroker]).toEqual(['blocked', { kind: 'unknown', pid: null }])
  })

  it('is impossible if the stop fails', async () => {
    start = async () => toRunning(test, { stop: () => Promise.reject(new Error('x')) })
    await host.start()
    await host.useMemory()
    expect([fatal.length, started]).toEqual([1, [false]])
  })
})

describe('a stop', () => {
  it('returns how many tokens are left, and is for good', async () => {
    await host.start()
    expect(await host.stop(10_000)).toEqual({ pending: 2, untilExpiry: 0 })
    await host.start()
    await host.useMemory()
    expect([stopped, started, host.phase, host.running]).toEqual([
      ...[[10_000], [false], 'stopping', null],
    ])
    expect(() => host.broker).toThrow('Tokentray is stopping.')
  })

  it('waits for a start in progress, and stops it', async () => {
    const { promise, resolve } = makeGate(await start())
    start = () => promise
    const starting = host.start()
    await idle()
    const stopping = host.stop(10_000)
    resolve()
    await starting
    expect(await stopping).toEqual({ pending: 2, untilExpiry: 0 })
    expect([host.phase, host.running]).toEqual(['stopping', null])
  })
})
