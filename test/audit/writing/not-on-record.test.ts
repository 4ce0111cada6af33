import { expect, it } from 'vitest'
import { AuditFile } from '../../../main/audit/writing/audit-file.ts'
import { notOnRecord } from '../../../main/audit/writing/not-on-record.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

const added = { event: 'client_added', client: 'editor\u0007', route: 'v1', at: 1_000 }
const removed = { event: 'client_removed', client: 'editor', route: 'v1', at: 2_000 }

it('leaves out an event once for each of its lines in any file of the record', async () => {
  const folder = makeTestFolder('audit')
  const audit = new AuditFile(folder, new FakeClock(), { files: 5, fileBytes: 100 })
  await audit.record(added)
  for (let line = 0; line < 6; line += 1) await audit.record({ event: 'issue' })
  const later = { ...added, at: 1_001 }
  const twice = { ...added }
  expect(await notOnRecord(folder, [added, removed, later])).toEqual([removed, later])
  expect(await notOnRecord(folder, [added, twice])).toHaveLength(1)
  await audit.close()
})

it('leaves out nothing if there is no record', async () => {
  expect(await notOnRecord(makeTestFolder('audit'), [added, removed])).toEqual([added, removed])
})
