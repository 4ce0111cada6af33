import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { Activity } from '../../../main/audit/activity.ts'
import { auditFiles } from '../../../main/audit/audit-files.ts'
import { readActivity } from '../../../main/audit/reading/audit-reader.ts'
import { AuditFile } from '../../../main/audit/writing/audit-file.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

/** Every reading of it takes longer than one piece of the work may. */
class BusyClock extends FakeClock {
  override monotonic(): number {
    this.stall(1)
    return super.monotonic()
  }
}

it('pauses while a request is waiting, whatever the search, and continues after it', async () => {
  const folder = makeTestFolder('audit')
  const lines = Array.from({ length: 300 }, (_, index) =>
    JSON.stringify({ seq: index + 1, time: '2026-01-31T12:00:00.000Z', event: 'lock' }),
  )
  writeFileSync(auditFiles(folder)[0] ?? '', `${lines.join('\n')}\n`, { mode: 0o600 })
  const clock = new BusyClock()
  const activity = new Activity({ folder, file: new AuditFile(folder, clock), clock })
  for (const search of ['locked', 'nobodywrotethis']) {
    const answered = activity.precedence.goesFirst()
    let isRead = false
    const reading = activity.read({ limit: 1_000, search })
    void reading.then(() => (isRead = true))
    // As long as it takes without anyone waiting.
    await readActivity(folder, { limit: 1_000, search })
    expect(isRead).toBe(false)
    answered()
    expect((await reading).lines).toHaveLength(search === 'locked' ? lines.length : 0)
  }
})
