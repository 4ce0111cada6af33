import { setImmediate as endOfTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { mapInBatches } from '../../../main/base/async/batches.ts'

it('maps a long list completely and in order, and lets other work run meanwhile', async () => {
  const seen = new Set<number>()
  let turn = 0
  let isOver = false
  const others = (async () => {
    for (; !isOver; turn += 1) await endOfTurn()
  })()
  const items = Array.from({ length: 1_000 }, (_, index) => index)
  const made = await mapInBatches(items, (item) => {
    seen.add(turn)
    return 2 * item
  })
  isOver = true
  await others
  expect(made).toEqual(items.map((item) => 2 * item))
  expect(seen.size).toBeGreaterThanOrEqual(10)
})
