import { beforeEach, describe, expect, it } from 'vitest'
import { cliClient, trayClient, windowClient } from '../../main/broker/clients.ts'
import { Lock } from '../../main/broker/lock.ts'
import { program } from '../../main/broker/record/actor.ts'
import { createMemorySettings } from '../../main/settings/memory-settings.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { codeOf, diskFull, idle } from '../helpers/make-broker.ts'
import { recorded } from '../helpers/recorded-settings.ts'

let clock: FakeClock
let settings: ReturnType<typeof recorded>
let isFull: boolean

beforeEach(() => {
  clock = new FakeClock()
  isFull = false
  const memory = createMemorySettings()
  settings = recorded({
    ...memory,
    update: (change) => {
      if (isFull) throw diskFull()
      memory.update(change)
    },
  })
})

const make = (waitMs: number) => new Lock({ settings, clock, waitMs })
const lines = () => settings.lines.map(({ event, route }) => `${event} by ${route}`)

describe('Lock', () => {
  it('passes requests while unlocked', async () => {
    await make(0).unlocked()
  })

  it('rejects at once if waiting is not wanted', async () => {
    const lock = make(0)
    lock.lock()
    expect(await codeOf(lock.unlocked())).toBe('vault_locked')
    expect(clock.armed).toBe(0)
  })

  it('passes waiting requests when the user unlocks', async () => {
    const lock = make(10_000)
    lock.lock()
    const waiting = [lock.unlocked(), lock.unlocked()]
    await clock.advance(9_999)
    lock.unlock()
    await Promise.all(waiting)
    expect(clock.armed).toBe(0)
  })

  it('rejects a request that has waited long enough', async () => {
    const lock = make(10_000)
    lock.lock()
    let refused = ''
    const waiting = codeOf(lock.unlocked()).then((code) => {
      refused = code
    })
    await clock.advance(9_999)
    expect(refused).toBe('')
    await clock.advance(1)
    await waiting
    expect(refused).toBe('vault_locked')
  })

  it('rejects waiting requests if it is locked again at once', async () => {
    const lock = make(10_000)
    lock.lock()
    const waiting = codeOf(lock.unlocked())
    lock.unlock()
    lock.lock()
    expect(await waiting).toBe('vault_locked')
  })

  it('is still locked after a restart', () => {
    make(0).lock()
    expect(make(0).locked).toBe(true)
  })

  it('locks even if that cannot be stored, and says so', async () => {
    const lock = make(0)
    isFull = true
    const locking = async () => lock.lock()
    await expect(locking()).rejects.toMatchObject({
      code: 'record_unavailable',
      message: expect.stringMatching(/^Tokentray is locked, but its next start would unlock it: ./),
    })
    expect(lock.locked).toBe(true)
    expect(lines()).toEqual(['lock by broker'])
  })

  it('stays locked if unlocking cannot be stored', async () => {
    const lock = make(10_000)
    lock.lock()
    isFull = true
    const waiting = codeOf(lock.unlocked())
    expect(await codeOf((async () => lock.unlock())())).toBe('record_unavailable')
    await idle()
    expect(lock.locked).toBe(true)
    await clock.advance(10_000)
    expect(await waiting).toBe('vault_locked')
  })

  it('records who locked and unlocked it, and nothing if that changed nothing', () => {
    const lock = make(0)
    lock.lock(windowClient)
    lock.lock(cliClient)
    lock.unlock(cliClient)
    lock.unlock(trayClient)
    lock.lock(program, 'The screen was locked.')
    expect(lines()).toEqual(['lock by window', 'unlock by v1', 'lock by broker'])
    expect(settings.lines.at(-1)?.reason).toBe('The screen was locked.')
  })

  it('records no unlocking that could not be stored', async () => {
    const lock = make(0)
    lock.lock()
    isFull = true
    expect(await codeOf((async () => lock.unlock())())).toBe('record_unavailable')
    expect(lines()).toEqual(['lock by broker'])
  })
})
