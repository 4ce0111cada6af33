import { expect, it } from 'vitest'
import { rollBack } from '../../../main/base/async/roll-back.ts'
import type { Log } from '../../../main/base/log.ts'

it('undoes every step, last one first, whatever fails, and logs failures', async () => {
  const done: string[] = []
  const warned: unknown[] = []
  const log: Log = {
    ...{ info() {}, error() {} },
    warn: (_message, more) => void warned.push(more?.['error']),
  }
  const broken = new Error('broken')
  const steps = [
    () => done.push('first'),
    async () => {
      throw broken
    },
    () => done.push('third'),
    () => {
      throw broken
    },
  ]
  await rollBack(steps, log)
  expect(done).toEqual(['third', 'first'])
  expect(warned).toEqual([broken, broken])
})
