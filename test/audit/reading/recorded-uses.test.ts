import { rmSync, writeFileSync } from 'node:fs'
import { beforeEach, expect, it } from 'vitest'
import { Activity } from '../../../main/audit/activity.ts'
import { auditFiles } from '../../../main/audit/audit-files.ts'
import { AuditFile } from '../../../main/audit/writing/audit-file.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

let folder: string
let clock: FakeClock

beforeEach(() => {
  folder = makeTestFolder('audit')
  clock = new FakeClock()
})

const FIRST_MINUTE = Date.parse('2026-01-31T12:00:00.000Z')
const minute = (count: number) => FIRST_MINUTE + count * 60_000

/** Writes these events to a file of the record, one each minute. */
function write(events: readonly object[], age = 0, from = 1): void {
  const lines = events.map((event, index) => {
    const time = new Date(minute(from + index)).toISOString()
    return JSON.stringify({ seq: from + index, time, ...event })
  })
  writeFileSync(auditFiles(folder)[age] ?? '', `${lines.join('\n')}\n`, { mode: 0o600 })
}

function activity(): Activity {
  return new Activity({ folder, file: new AuditFile(folder, clock), clock })
}

it('finds the last token or link of each account and each tool, over all files', async () => {
  write(
    [
      { event: 'issue', client: 'old', accountUid: 'one' },
      { event: 'issue', client: 'editor', accountUid: 'one' },
    ],
    1,
  )
  write(
    [
      { event: 'portal', client: 'tray', accountUid: 'two' },
      { event: 'issue', client: 'editor', accountUid: 'three' },
      { event: 'refuse', client: 'editor', accountUid: 'one' },
      { event: 'end', client: 'old', accountUid: 'one' },
    ],
    0,
    3,
  )
  const { accounts, clients } = await activity().lastUses()
  expect(Object.fromEntries(accounts)).toEqual({ one: minute(2), two: minute(3), three: minute(4) })
  expect(Object.fromEntries(clients)).toEqual({
    old: minute(1),
    tray: minute(3),
    editor: minute(4),
  })
})

it('is empty without a record, and skips what is no line of it', async () => {
  expect(await activity().lastUses()).toEqual({ accounts: new Map(), clients: new Map() })
  const file = auditFiles(folder)[0] ?? ''
  writeFileSync(file, 'no line\n{"event":"issue","client":"editor"}\n', { mode: 0o600 })
  expect(await activity().lastUses()).toEqual({ accounts: new Map(), clients: new Map() })
})

it('rejects if the record cannot be read', async () => {
  const reader = activity()
  rmSync(folder, { recursive: true })
  writeFileSync(folder, '')
  await expect(reader.lastUses()).rejects.toMatchObject({ code: 'record_unavailable' })
})

it('ends early with what it has found when the record is closed', async () => {
  write([{ event: 'issue', client: 'editor', accountUid: 'one' }])
  const reader = activity()
  reader.close()
  expect((await reader.lastUses()).accounts.size).toBe(0)
})
