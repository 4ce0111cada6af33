import { expect, it } from 'vitest'
import type { ActivityPage } from '../../../main/audit/activity.ts'
import { createActivityReader } from '../../../main/desktop/ipc/activity-view.ts'

it('gives the page missing lines as their own row', async () => {
  const about = { at: 5, isRefusal: false }
  const read = createActivityReader(() => ({
    read: async () => ({
      lines: [
        { ...about, seq: 9, event: 'lock', what: 'Locked', who: 'by Tokentray' },
        {
          ...{ ...about, event: 'lines_missing', numbers: { from: 4, to: 8 } },
          ...{ what: '5 lines are missing here (numbers 4 to 8)', who: '' },
        },
      ],
    }),
  }))
  expect(await read('')).toEqual({
    lines: [
      { id: 9, at: 5, what: 'Locked', who: 'by Tokentray' },
      { id: -8, at: 5, what: '5 lines are missing here (numbers 4 to 8)', who: '', isGap: true },
    ],
  })
})

it('a new search cancels the previous one, but not its own further pages', async () => {
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
