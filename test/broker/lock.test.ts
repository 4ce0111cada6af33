import { beforeEach, describe, expect, it } from 'vitest'
import { Lock } from '../../main/broker/lock.ts'
import { createMemorySettings } from '../../main/settings/memory-settings.ts'
import type { SettingsStore } from '../../main/settings/settings.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { codeOf, diskFull, idle } from '../helpers/make-broker.ts'

let clock: FakeClock
let settings: SettingsStore
let isFull: boolean

beforeEach(() => {
  clock = new FakeClock()
  isFull = false
  const memory = createMemorySettings()
  settings = {
    ...memory,
    update: (change) => {
      if (isFull) throw diskFull()
      memory.update(change)
    },
  }
})

describe('Lock', () => {
  it('lets pass what comes while it is open', async () => {
    await new Lock(settings, clock, 0).passed()
  })

  it('refuses at once where nobody is to be waited for', async () => {
    const lock = new Lock(settings, clock, 0)
    lock.lock()
    expect(await codeOf(lock.passed())).toBe('vault_locked')
    expect(clock.armed).toBe(0)
  })

  it('lets pass who waits when the person unlocks', async () => {
    const lock = new Lock(settings, clock, 10_000)
    lock.lock()
    const waiting = [lock.passed(), lock.passed()]
    await clock.advance(9_999)
    lock.unlock()
    await Promise.all(waiting)
    expect(clock.armed).toBe(0)
  })

  it('refuses who has waited long enough', async () => {
    const lock = new Lock(settings, clock, 10_000)
    lock.lock()
    let refused = ''
    const waiting = codeOf(lock.passed()).then((code) => {
      refused = code
    })
    await clock.advance(9_999)
    expect(refused).toBe('')
    await clock.advance(1)
    await waiting
    expect(refused).toBe('vault_locked')
  })

  it('refuses who waits when it is locked again at once', async () => {
    const lock = new Lock(settings, clock, 10_000)
    lock.lock()
    const waiting = codeOf(lock.passed())
    lock.unlock()
    lock.lock()
    expect(await waiting).toBe('vault_locked')
  })

  it('is still locked after a restart', () => {
    new Lock(settings, clock, 0).lock()
    expect(new Lock(settings, clock, 0).locked).toBe(true)
  })

  it('locks even if that cannot be stored, and says so', async () => {
    const lock = new Lock(settings, clock, 0)
    isFull = true
    expect(await codeOf((async () => lock.lock())())).toBe('record_unavailable')
    expect(lock.locked).toBe(true)
  })

  it('stays locked if unlocking cannot be stored', async () => {
    const lock = new Lock(settings, clock, 10_000)
    lock.lock()
    isFull = true
    const waiting = codeOf(lock.passed())
    expect(await codeOf((async () => lock.unlock())())).toBe('record_unavailable')
    await idle()
    expect(lock.locked).toBe(true)
    await clock.advance(10_000)
    expect(await waiting).toBe('vault_locked')
  })
})
