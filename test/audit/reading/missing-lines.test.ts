import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { Activity } from '../../../main/audit/activity.ts'
import { auditFiles, rotate } from '../../../main/audit/audit-files.ts'
import { linesBackwards } from '../../../main/audit/lines-backwards.ts'
import type { RecordedLine } from '../../../main/audit/reading/activity-words.ts'
import { type ActivityQuery, readActivity } from '../../../main/audit/reading/audit-reader.ts'
import { AuditFile } from '../../../main/audit/writing/audit-file.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

const noon = Date.UTC(2026, 0, 31, 12)
const SMALL = { files: 5, fileBytes: 400 }

let folder: string
let clock: FakeClock
beforeEach(() => {
  folder = makeTestFolder('audit')
  clock = new FakeClock(noon)
})

const file = (age = 0) => auditFiles(folder)[age] ?? ''
/** A line as the program writes it, one minute after the previous one. */
const line = (seq: number, members: object = {}) =>
  `${JSON.stringify({ seq, time: timeOf(seq), event: 'issue', ...members })}\n`
const timeOf = (seq: number) => new Date(noon + seq * 60_000).toISOString()
const write = (numbers: readonly number[], age = 0, members: object = {}) =>
  writeFileSync(file(age), numbers.map((seq) => line(seq, members)).join(''))

/** The numbers of lines, with the numbers of each gap where it is; newest first. */
const inShort = (lines: readonly RecordedLine[]) =>
  lines.map(({ seq, event, numbers }) => {
    if (!numbers) return seq
    return `${event === 'lines_missing' ? 'missing' : 'order'} ${numbers.from} ${numbers.to}`
  })
const read = async (query: Partial<ActivityQuery> = {}) =>
  inShort((await readActivity(folder, { limit: 1_000, ...query })).lines)

describe('missing lines of the record', () => {
  it('are reported where they were, one or many', async () => {
    write([1, 2, 4, 5, 9])
    expect(await read()).toEqual([9, 'missing 6 8', 5, 4, 'missing 3 3', 2, 1])
  })

  it('are described with their numbers', async () => {
    write([1, 2, 4, 5, 9, 5])
    const audit = new AuditFile(folder, clock)
    const { lines } = await new Activity({ folder, file: audit, clock }).read({ limit: 9 })
    await audit.close()
    expect(lines.filter(({ numbers }) => numbers).map(({ what, who }) => [what, who])).toEqual([
      ['Lines are out of order here (number 5 after 9)', ''],
      ['3 lines are missing here (numbers 6 to 8)', ''],
      ['1 line is missing here (number 3)', ''],
    ])
  })

  it('are reported if a whole file is lost', async () => {
    write([7, 8], 0)
    write([1, 2, 3], 2)
    expect(await read()).toEqual([8, 7, 'missing 4 6', 3, 2, 1])
  })

  it('do not include those before a dropped file, but those removed from the first', async () => {
    const audit = new AuditFile(folder, clock, SMALL)
    for (let count = 0; count < 60; count += 1) await audit.record({ event: 'issue' })
    await audit.close()
    const whole = await read()
    expect(whole.at(-1)).toBeGreaterThan(1)
    expect(whole).toEqual(Array.from(whole, (_, index) => 60 - index))
    for (const each of auditFiles(folder)) rmSync(each)
    write([3, 4])
    expect(await read()).toEqual([4, 3, 'missing 1 2'])
  })

  it('are distinguished from lines that a search or filter leaves out', async () => {
    const lines = [1, 2, 3, 6, 7, 8].map((seq) =>
      line(seq, seq % 2 ? { client: 'backup', account: 'koyeb/work' } : { client: 'other' }),
    )
    writeFileSync(file(), lines.join(''))
    const found = [7, 'missing 4 5', 3, 1]
    for (const filter of [
      ...[{ search: 'backup' }, { search: 'handed backup' }, { tool: 'backup' }],
      ...[{ account: 'koyeb/work' }, { tool: 'backup', since: 1 }, { search: 'backup', after: 0 }],
    ]) {
      expect(await read(filter), JSON.stringify(filter)).toEqual(found)
    }
    expect(await read({ search: 'no such word' })).toEqual(['missing 4 5'])
    write([1, 2, 3])
    expect(await read({ search: 'no such word' })).toEqual([])
  })

  it('are reported for a start time if they may be later than it', async () => {
    write([1, 3, 4, 6, 7])
    const since = (seq: number) => read({ since: noon + seq * 60_000 })
    expect(await since(7)).toEqual([7])
    expect(await since(6)).toEqual([7, 6, 'missing 5 5'])
    expect(await since(4)).toEqual([7, 6, 'missing 5 5', 4])
  })

  it('are reported once when reading page by page, wherever the pages end', async () => {
    write([8, 9, 12, 13, 13, 20], 0)
    write([3, 4, 6], 2)
    const end = { seq: 23, at: noon }
    const wanted = [
      ...['missing 21 22', 20, 'missing 14 19', 13, 'order 13 13', 13, 12, 'missing 10 11', 9, 8],
      ...['missing 7 7', 6, 'missing 5 5', 4, 3, 'missing 1 2'],
    ]
    for (const search of ['', 'no such word']) {
      for (let limit = 1; limit < 20; limit += 1) {
        const found: (string | number | undefined)[] = []
        let next: string | undefined
        do {
          const query = { limit, search, ...(next !== undefined && { before: next }) }
          const page = await readActivity(folder, query, { end })
          expect(page.lines.length).toBeLessThanOrEqual(limit)
          found.push(...inShort(page.lines))
          next = page.next
        } while (next !== undefined)
        expect(found).toEqual(search ? wanted.filter((each) => typeof each !== 'number') : wanted)
      }
    }
  })

  it('are reported after a page that ends with a foreign line', async () => {
    writeFileSync(file(), `${line(1)}{"time":"${timeOf(4)}","event":"theirs"}\n${line(5)}`)
    const { lines, next = '' } = await readActivity(folder, { limit: 2 })
    expect(lines.map(({ event }) => event)).toEqual(['issue', 'theirs'])
    expect(await read({ before: next })).toEqual(['missing 2 4', 1])
  })

  it('are not reported for lines deleted since a page was read', async () => {
    write([4, 5, 6])
    const { next = '' } = await readActivity(folder, { limit: 1 })
    write([11, 12])
    expect(await read({ before: next })).toEqual([])
  })

  it('are reported when continuing after a number, but not for lines the caller already has', async () => {
    write([1, 2, 3, 6])
    expect(await read({ after: 2 })).toEqual([6, 'missing 4 5', 3])
    expect(await read({ after: 3 })).toEqual([6, 'missing 4 5'])
    const end = { seq: 9, at: noon }
    const gone = async (number: number) =>
      inShort((await readActivity(folder, { limit: 9, after: number }, { end })).lines)
    expect(await gone(6)).toEqual(['missing 7 8'])
    expect(await gone(7)).toEqual(['missing 7 8'])
    expect(await gone(8)).toEqual([])
  })

  it('are reported at the end of a record truncated while Tokentray runs, even if nothing is left', async () => {
    const audit = new AuditFile(folder, clock)
    const activity = new Activity({ folder, file: audit, clock })
    for (let count = 0; count < 5; count += 1) await audit.record({ event: 'issue' })
    const now = async () => inShort((await activity.read({ limit: 9 })).lines)
    expect(await now()).toEqual([5, 4, 3, 2, 1])
    write([1, 2])
    expect(await now()).toEqual(['missing 3 5', 2, 1])
    truncateSync(file())
    expect(await now()).toEqual(['missing 1 5'])
    await audit.close()
  })

  it('do not include those written during the read', async () => {
    write([1, 2, 3, 4])
    const { lines } = await readActivity(folder, { limit: 9 }, { end: { seq: 3, at: noon } })
    expect(inShort(lines)).toEqual([4, 3, 2, 1])
  })
})

describe('disordered numbers of the record', () => {
  it('are reported if they repeat or go back', async () => {
    write([1, 2, 2, 3, 1, 2, 3])
    expect(await read()).toEqual([3, 2, 1, 'order 3 1', 3, 2, 'order 2 2', 2, 1])
    expect(await read({ search: 'no such word' })).toEqual(['order 3 1', 'order 2 2'])
  })

  it('are reported if a copy of a file is among the others', async () => {
    write([4, 5], 0)
    write([4, 5], 1)
    write([1, 2, 3], 2)
    expect(await read()).toEqual([5, 4, 'order 5 4', 5, 4, 3, 2, 1])
  })

  it('do not include those of files created during the read', async () => {
    write([1, 2], 1)
    write([3, 4], 0)
    const found: string[] = []
    for await (const { text } of linesBackwards(auditFiles(folder), null)) {
      found.push(...(/\d+/.exec(text) ?? []))
      if (found.length !== 1) continue
      // Two more are created before the next one is opened, which has another name by then.
      for (const seq of [5, 6]) {
        rotate(auditFiles(folder))
        write([seq])
      }
    }
    expect(found).toEqual(['4', '3', '2', '1'])
  })
})

it('no content of a file is taken for a report of missing lines', async () => {
  const numbers = { from: 1, to: 900 }
  writeFileSync(path.join(folder, 'audit.jsonl'), line(1, { event: 'lines_missing', numbers }))
  expect(await read()).toEqual([1])
})
