import { beforeEach, expect, it } from 'vitest'
import { createIdleLock } from '../../../main/desktop/system/idle-lock.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let clock: FakeClock
/** When the computer was last used. */
let usedAt: number
let minutes: number
let isOpen: boolean
/** When it was locked, and how often the idle time was asked for. */
let locks: number[]
let looks: number
let idleLock: ReturnType<typeof createIdleLock>

beforeEach(() => {
  clock = new FakeClock()
  usedAt = clock.monotonic()
  minutes = 0
  isOpen = true
  locks = []
  looks = 0
  idleLock = createIdleLock({
    idleSeconds: () => {
      looks += 1
      return Math.floor((clock.monotonic() - usedAt) / 1_000)
    },
    limitMinutes: () => minutes,
    isOpen: () => isOpen,
    lock: () => {
      locks.push(clock.monotonic() - usedAt)
      isOpen = false
      idleLock.changed()
    },
    clock,
  })
})

const turnOn = (limit: number) => {
  minutes = limit
  idleLock.changed()
}
const use = () => {
  usedAt = clock.monotonic()
}

it('does not look while it is off', async () => {
  idleLock.changed()
  await clock.advance(24 * HOUR)
  expect([looks, locks]).toEqual([0, []])
})

it('locks when the computer has not been used for as long as chosen', async () => {
  turnOn(5)
  await clock.advance(2 * MINUTE)
  use()
  await clock.advance(5 * MINUTE - 1_000)
  expect(locks).toEqual([])
  await clock.advance(1_000)
  expect(locks).toEqual([5 * MINUTE])
})

it('looks at most about twice in that time, and not at all once it is locked', async () => {
  turnOn(5)
  for (let second = 0; second < 8 * 3_600; second += 30) {
    await clock.advance(30_000)
    use()
  }
  expect(locks).toEqual([])
  expect(looks).toBeLessThanOrEqual((2 * 8 * HOUR) / (5 * MINUTE))
  await clock.advance(5 * MINUTE)
  expect(locks).toHaveLength(1)
  const before = looks
  await clock.advance(24 * HOUR)
  expect(looks).toBe(before)
})

it('does not lock again at once after an unlock from elsewhere', async () => {
  turnOn(5)
  await clock.advance(HOUR)
  expect(locks).toHaveLength(1)
  isOpen = true
  idleLock.changed()
  await clock.advance(5 * MINUTE - 1_000)
  expect(locks).toHaveLength(1)
  await clock.advance(1_000)
  expect(locks).toHaveLength(2)
})

it('follows a change of the preference at once', async () => {
  turnOn(60)
  await clock.advance(10 * MINUTE)
  turnOn(5)
  expect(locks).toEqual([10 * MINUTE])

  isOpen = true
  turnOn(5)
  turnOn(0)
  await clock.advance(HOUR)
  expect(locks).toHaveLength(1)
})

it('never locks where the system reports no idle time', async () => {
  const silent = createIdleLock({
    ...{ idleSeconds: () => 0, limitMinutes: () => 5, isOpen: () => true, clock },
    lock: () => locks.push(0),
  })
  silent.changed()
  await clock.advance(HOUR)
  expect(locks).toEqual([])
})

it('stops', async () => {
  turnOn(5)
  idleLock.stop()
  await clock.advance(HOUR)
  expect(locks).toEqual([])
})
