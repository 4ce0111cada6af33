import { expect, it } from 'vitest'
import { migrate } from '../../main/settings/migrations.ts'

type Step = (old: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>

const steps = new Map<number, Step>([
  [1, (old) => ({ ...old, added: 'in 2' })],
  [2, ({ added, ...old }) => ({ ...old, renamed: added })],
])

it('takes settings through every version to the newest', () => {
  expect(migrate({ version: 1, kept: true }, steps)).toEqual({
    version: 3,
    kept: true,
    renamed: 'in 2',
  })
  expect(migrate({ version: 2, added: 'x' }, steps)).toEqual({ version: 3, renamed: 'x' })
})

it.each([{ version: 3 }, { version: 9 }, { version: '1' }, {}, null, 'text', [1]])(
  'leaves %j unchanged',
  (stored) => {
    expect(migrate(stored, steps)).toBe(stored)
  },
)
