import { expect, it } from 'vitest'
import type { ActivityPage } from '../../../main/audit/activity.ts'
import { createActivityReader } from '../../../main/desktop/ipc/activity-view.ts'

const reader = (activity: Parameters<typeof createActivityReader>[0]) =>
  createActivityReader(activity, (id) => (id === 'sftpgo/alice' ? 'uid of alice' : undefined))

it('gives the page missing lines as their own row', async () => {
  const about = { at: 5, isRefusal: false }
  const read = reader(() => ({
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
  expect(await read({})).toEqual({
    lines: [
      { id: 9, at: 5, what: 'Locked', who: 'by Tokentray' },
      { id: -8, at: 5, what: '5 lines are missing here (numbers 4 to 8)', who: '', isGap: true },
    ],
  })
})

it('a new filter cancels the previous one, but not its own further pages', async () => {
  const signals: (AbortSignal | undefined)[] = []
  const read = reader(() => ({
    read: (_query, signal) => {
      signals.push(signal)
      return new Promise<ActivityPage>(() => undefined)
    },
  }))
  for (const search of ['a', 'ab', 'ab']) void read({ search })
  void read({ search: 'ab' }, '1.1.1')
  expect(signals.map((signal) => signal?.aborted)).toEqual([true, false, false, false])
  void read({ search: 'ab', kind: 'logins' })
  expect(signals.map((signal) => signal?.aborted)).toEqual([true, true, true, true, false])
})

it('passes on the whole filter, with the account that has the id now', async () => {
  const queries: object[] = []
  const read = reader(() => ({
    read: async (query) => {
      queries.push(query)
      return { lines: [] }
    },
  }))
  await read({ account: 'sftpgo/alice', tool: 'backup', kind: 'tokens', since: 5 }, '1.1.1')
  await read({ account: 'sftpgo/gone' })
  expect(queries).toEqual([
    {
      ...{ account: 'sftpgo/alice', accountUid: 'uid of alice', tool: 'backup', kind: 'tokens' },
      ...{ since: 5, before: '1.1.1', limit: 100 },
    },
    { account: 'sftpgo/gone', limit: 100 },
  ])
})
