import { expect, it } from 'vitest'
import type { ActivityPage } from '../../main/audit/activity.ts'
import { createActivityReader } from '../../main/desktop/activity-view.ts'

it('a search of the page ends the one before, and goes on itself over its pages', async () => {
  const signals: (AbortSignal | undefined)[] = []
  const read = createActivityReader(() => ({
    read: (_query, signal) => {
      signals.push(signal)
      return new Promise<ActivityPage>(() => undefined)
    },
  }))
  for (const search of ['a', 'ab', 'ab']) void read(search)
  void read('ab', '1.1.1')
  expect(signals.map((signal) => signal?.aborted)).toEqual([true, false, false, false])
})
