import { expect, it } from 'vitest'
import { FakeClock } from './fake-clock.ts'

it('runs timers in order, each at its time, including those that they arm', async () => {
  const clock = new FakeClock(0)
  const ran: string[] = []
  const note = (name: string) => () => ran.push(`${name} at ${clock.now()}`)
  clock.after(30, note('late'))
  clock.after(10, () => {
    note('early')()
    clock.after(10, note('set by early'))
  })
  const takeBack = clock.after(15, note('taken back'))
  takeBack()
  await clock.advance(30)
  expect(ran).toEqual(['early at 10', 'set by early at 20', 'late at 30'])
})

it('runs the work that a timer starts before the next timer', async () => {
  const clock = new FakeClock(0)
  const ran: string[] = []
  clock.after(10, () => {
    void Promise.resolve().then(() => ran.push('consequence'))
  })
  clock.after(20, () => ran.push('next'))
  await clock.advance(20)
  expect(ran).toEqual(['consequence', 'next'])
})

it('runs no timer when the wall clock jumps or the machine sleeps', async () => {
  const clock = new FakeClock(1_000_000)
  let ran = false
  clock.after(10, () => {
    ran = true
  })
  const before = clock.monotonic()
  clock.jumpWall(-500)
  clock.sleep(60_000)
  expect([clock.now(), clock.monotonic() - before, ran]).toEqual([1_059_500, 0, false])
})
