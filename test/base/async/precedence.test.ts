import { setImmediate as endOfTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Precedence } from '../../../main/base/async/precedence.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

/** Longer than a slice may last. */
const PIECE_MS = 1

const make = () => {
  const clock = new FakeClock()
  return { clock, precedence: new Precedence(clock) }
}

/** Work that waits for its turn; `gone` is the number of turns it has had. */
function work(precedence: Precedence) {
  const pieces = precedence.pieces()
  const found = { gone: 0 }
  const go = () => void pieces.next().then(() => (found.gone += 1))
  return { pieces, found, go }
}

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await endOfTurn()
}

it('runs for one slice, and then in the next turn if no request is in progress', async () => {
  const { clock, precedence } = make()
  const { pieces, found, go } = work(precedence)
  expect(pieces.isOver).toBe(false)
  clock.stall(PIECE_MS)
  expect(pieces.isOver).toBe(true)
  go()
  await someTurns()
  expect(found.gone).toBe(1)
  expect(pieces.isOver).toBe(false)
  expect(clock.armed).toBe(0)
})

it('waits until all requests in progress are finished', async () => {
  const { clock, precedence } = make()
  const { found, go } = work(precedence)
  const answered = [precedence.goesFirst(), precedence.goesFirst()]
  go()
  await someTurns()
  answered[0]?.()
  // The same one again: the other is still in progress.
  answered[0]?.()
  await someTurns()
  expect(found.gone).toBe(0)
  answered[1]?.()
  await someTurns()
  expect(found.gone).toBe(1)
  expect(clock.armed).toBe(0)
})

it('yields to requests that arrive between two slices', async () => {
  const { precedence } = make()
  const { found, go } = work(precedence)
  go()
  const answered = precedence.goesFirst()
  await someTurns()
  expect(found.gone).toBe(0)
  answered()
  await someTurns()
  expect(found.gone).toBe(1)
})

it('continues eventually although requests never stop', async () => {
  const { clock, precedence } = make()
  const { found, go } = work(precedence)
  precedence.goesFirst()
  for (const turn of [1, 2, 3]) {
    go()
    await someTurns()
    expect(found.gone).toBe(turn - 1)
    await clock.advance(5)
    expect(found.gone).toBe(turn)
  }
})

it('does not wait for requests that take long', async () => {
  const { clock, precedence } = make()
  const { found, go } = work(precedence)
  precedence.goesFirst()
  clock.stall(50)
  go()
  await someTurns()
  expect(found.gone).toBe(1)
  const answered = precedence.goesFirst()
  go()
  await someTurns()
  expect(found.gone).toBe(1)
  // The long one is still in progress.
  answered()
  await clock.advance(5)
  expect(found.gone).toBe(2)
})

it('gives several tasks their turns in order', async () => {
  const { precedence } = make()
  const order: string[] = []
  const go = (name: string) =>
    precedence
      .pieces()
      .next()
      .then(() => order.push(name))
  const all = Promise.all([go('first'), go('second'), go('third')])
  await endOfTurn()
  expect(order).toEqual(['first'])
  await all
  expect(order).toEqual(['first', 'second', 'third'])
})
