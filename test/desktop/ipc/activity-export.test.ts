import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { Activity } from '../../../main/audit/activity.ts'
import { auditFiles } from '../../../main/audit/audit-files.ts'
import { AuditFile } from '../../../main/audit/writing/audit-file.ts'
import { TokentrayError } from '../../../main/base/errors.ts'
import { windowClient } from '../../../main/broker/clients.ts'
import { createTransfer } from '../../../main/desktop/ipc/transfer.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeBroker, refusalOf, type TestBroker } from '../../helpers/make-broker.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { describeWith } from '../../helpers/needs.ts'
import { mountable, mountSmallDisk } from '../../helpers/small-disk.ts'

let test: TestBroker
let clock: FakeClock
let activity: Activity
let folder: string
let chosen: string | null
/** Why the activity cannot be read now. */
let stopping: TokentrayError | null
beforeEach(async () => {
  test = await makeBroker()
  clock = new FakeClock()
  folder = makeTestFolder('exported')
  chosen = path.join(folder, 'a.jsonl')
  stopping = null
  recordOf(1, 1)
})

/** A record with these numbers, every tenth about another account. */
function recordOf(from: number, to: number, missing = 0): void {
  const record = makeTestFolder('record')
  const lines: string[] = []
  for (let seq = from; seq <= to; seq += 1) {
    if (seq === missing) continue
    const accountUid = seq % 10 === 0 ? 'uid-of-other' : 'uid-of-work'
    const about = { event: 'issue', client: 'backup', account: 'sftpgo/work', accountUid }
    lines.push(JSON.stringify({ seq, time: '2026-11-30T09:05:07.123Z', ...about }))
  }
  writeFileSync(auditFiles(record)[0] ?? '', `${lines.join('\n')}\n`, { mode: 0o600 })
  activity = new Activity({ folder: record, file: new AuditFile(record, clock), clock })
}

const transfer = () =>
  createTransfer({
    host: {
      broker: test.broker,
      get activity() {
        if (stopping) throw stopping
        return activity
      },
    },
    user: windowClient,
    uidOf: (id) => (id === 'sftpgo/work' ? 'uid-of-work' : undefined),
    chooseNewFile: async (what) => {
      expect(what).toBe('activity')
      return chosen
    },
    chooseImport: async () => null,
  })
const read = () =>
  readFileSync(chosen ?? '', 'utf8')
    .trimEnd()
    .split('\n')
    .map((row) => JSON.parse(row))

it('exports all lines of the filter, oldest first, as the command line prints them', async () => {
  recordOf(1, 450)
  expect(await transfer().exportActivity({ account: 'sftpgo/work' })).toEqual({
    ...{ lines: 405, gaps: 0 },
  })
  const rows = read()
  expect(rows.map(({ seq }) => seq)).toEqual(
    Array.from({ length: 450 }, (_, index) => index + 1).filter((seq) => seq % 10 !== 0),
  )
  expect(rows[0]).toEqual({
    ...{ at: Date.UTC(2026, 10, 30, 9, 5, 7) / 1_000, seq: 1, event: 'issue', client: 'backup' },
    ...{ account: 'sftpgo/work', account_uid: 'uid-of-work' },
    ...{ what: 'Token handed out', who: 'backup · sftpgo/work' },
  })
  expect(statSync(chosen ?? '').mode & 0o777).toBe(0o600)
})

it('says how many lines, and that some are missing, whatever the filter', async () => {
  recordOf(1, 250, 120)
  expect(await transfer().exportActivity({ search: 'matches no line' })).toEqual({
    ...{ lines: 0, gaps: 1 },
  })
  expect(read()).toMatchObject([{ event: 'lines_missing', numbers: { from: 120, to: 120 } }])
})

it('does nothing if the user cancels', async () => {
  chosen = null
  expect(await transfer().exportActivity({})).toBeNull()
  expect(readdirSync(folder)).toEqual([])
})

it('gives way to requests while it writes, not only while it reads', async () => {
  const { lines } = await activity.read({ limit: 1 })
  let turns = 0
  activity.read = async () => ({ lines: Array.from({ length: 25 }, () => lines).flat() })
  activity.precedence.pieces = () => ({
    isOver: true,
    next: async () => {
      turns += 1
    },
  })
  await expect(transfer().exportActivity({})).resolves.toEqual({ lines: 25, gaps: 0 })
  expect(turns).toBe(3)
})

it('leaves the old file, and nothing else, once Tokentray is stopping', async () => {
  recordOf(1, 250)
  writeFileSync(chosen ?? '', 'old')
  const { read: readPage } = activity
  let reads = 0
  activity.read = async (...query) => {
    const page = await readPage.apply(activity, query)
    reads += 1
    if (reads === 3) stopping = new TokentrayError('temporarily_unavailable')
    return page
  }
  expect(await refusalOf(transfer().exportActivity({}))).toMatchObject({
    code: 'temporarily_unavailable',
  })
  expect(readdirSync(folder)).toEqual(['a.jsonl'])
  expect(readFileSync(chosen ?? '', 'utf8')).toBe('old')
})

describeWith([mountable], 'a full disk', () => {
  it('is named as the reason, and keeps the old file', async () => {
    recordOf(1, 2_000)
    const disk = mountSmallDisk(128)
    try {
      chosen = path.join(disk.folder, 'a.csv')
      writeFileSync(chosen, 'old')
      expect(await refusalOf(transfer().exportActivity({}))).toMatchObject({
        ...{ code: 'invalid_request', message: `Cannot write the file: ${chosen}` },
        hint: 'The disk is full. Free some space, or choose another disk.',
      })
      expect(readdirSync(disk.folder)).toEqual(['a.csv'])
      expect(readFileSync(chosen, 'utf8')).toBe('old')
    } finally {
      disk.close()
    }
  })
})
