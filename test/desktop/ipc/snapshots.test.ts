import { beforeEach, expect, it } from 'vitest'
import { Snapshots } from '../../../main/desktop/ipc/snapshots.ts'
import type { Snapshot } from '../../../preload/snapshot.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeLog } from '../fake-electron.ts'
import { makeSnapshot } from '../samples.ts'

let clock: FakeClock
let snapshots: Snapshots
let dismissed: ReadonlySet<string>
let fails = false
const log = makeLog()
const pushed: Snapshot[] = []

beforeEach(() => {
  clock = new FakeClock()
  pushed.length = 0
  log.lines.length = 0
  fails = false
  snapshots = new Snapshots({
    build: async (revision, read) => {
      if (fails) throw new Error('cannot be drawn')
      dismissed = read
      return makeSnapshot({ revision })
    },
    clock,
    log,
  })
  snapshots.on((snapshot) => pushed.push(snapshot))
})

it('pushes the first change immediately', async () => {
  snapshots.changed()
  await clock.advance(0)
  expect(pushed).toHaveLength(1)
})

it('pushes only after the current turn', () => {
  snapshots.changed()
  expect(pushed).toHaveLength(0)
})

it('pushes a burst of changes twice: at its start, and 50 ms later', async () => {
  for (let change = 0; change < 100; change += 1) snapshots.changed()
  await clock.advance(0)
  for (let change = 0; change < 100; change += 1) snapshots.changed()
  await clock.advance(49)
  expect(pushed).toHaveLength(1)
  await clock.advance(1)
  expect(pushed).toHaveLength(2)
  await clock.advance(1_000)
  expect(pushed).toHaveLength(2)
})

it('numbers snapshots upwards, including requested ones', async () => {
  snapshots.changed()
  await clock.advance(0)
  const asked = await snapshots.take()
  snapshots.changed()
  await clock.advance(50)
  expect([...pushed, asked].map(({ revision }) => revision)).toEqual([1, 3, 2])
})

it('pushes a change during a build afterwards, and never builds two at a time', async () => {
  let finish = () => {}
  let begun = 0
  snapshots = new Snapshots({
    build: async (revision) => {
      begun += 1
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return makeSnapshot({ revision })
    },
    clock,
    log,
  })
  snapshots.on((snapshot) => pushed.push(snapshot))
  snapshots.changed()
  await clock.advance(0)
  for (let change = 0; change < 10; change += 1) snapshots.changed()
  await clock.advance(1_000)
  expect([begun, pushed.length]).toEqual([1, 0])
  finish()
  await clock.advance(50_000)
  expect([begun, pushed.length]).toEqual([2, 1])
  finish()
  await clock.advance(50_000)
  expect([begun, pushed.length]).toEqual([2, 2])
})

it('does not call an unsubscribed listener', async () => {
  const more: Snapshot[] = []
  const stop = snapshots.on((snapshot) => more.push(snapshot))
  stop()
  snapshots.changed()
  await clock.advance(0)
  expect([pushed.length, more.length]).toEqual([1, 0])
})

it('continues after a failed one', async () => {
  fails = true
  snapshots.changed()
  await clock.advance(0)
  fails = false
  snapshots.changed()
  await clock.advance(50)
  expect([pushed.length, log.lines.length]).toEqual([1, 1])
})

it('omits a dismissed notice immediately', async () => {
  snapshots.dismiss('a notice')
  await clock.advance(0)
  expect(pushed).toHaveLength(1)
  expect([...dismissed]).toEqual(['a notice'])
})

it('limits the rate of slow snapshots, and still pushes the last state', async () => {
  snapshots.on(() => clock.stall(20))
  snapshots.changed()
  await clock.advance(0)
  expect(pushed).toHaveLength(1)
  snapshots.changed()
  await clock.advance(179)
  expect(pushed).toHaveLength(1)
  await clock.advance(1)
  expect(pushed).toHaveLength(2)
})
