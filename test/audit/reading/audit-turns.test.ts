import { writeFileSync } from 'node:fs'
import { setImmediate as endOfTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { auditFiles } from '../../../main/audit/audit-files.ts'
import { readActivity } from '../../../main/audit/reading/audit-reader.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

it('a search of a long record checks at most a hundred lines in one turn', async () => {
  const folder = makeTestFolder('audit')
  const [file = ''] = auditFiles(folder)
  const line = { time: '2026-01-31T12:00:00.000Z', event: 'issue', reason: 'x'.repeat(130) }
  writeFileSync(file, `${JSON.stringify(line)}\n`.repeat(20_000))
  let [seen, before, most] = [0, 0, 0]
  // Checked before each line.
  const { signal } = new AbortController()
  Object.defineProperty(signal, 'aborted', {
    get: () => {
      seen += 1
      return false
    },
  })
  let isOver = false
  const others = (async () => {
    while (!isOver) {
      most = Math.max(most, seen - before)
      before = seen
      await endOfTurn()
    }
  })()
  const query = { search: 'handed 99:99', limit: 9 }
  expect((await readActivity(folder, query, { signal })).lines).toEqual([])
  isOver = true
  await others
  expect(seen).toBeGreaterThanOrEqual(20_000)
  expect(most).toBeLessThanOrEqual(100)
})
