import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { exportActivity } from '../../../main/base/activity-export/export.ts'
import type { ExportedLine } from '../../../main/base/activity-export/formats.ts'
import { TokentrayError } from '../../../main/base/errors.ts'
import { activityLine } from '../../../main/loopback/schemas/activity-schemas.ts'
import { refusalOf } from '../../helpers/make-broker.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

let folder: string
/** The pages of the record, newest first. */
let pages: ExportedLine[][]
/** The pages that were read, by their number. */
let reads: number[]
/** Runs before each page is read. */
let before: () => void
beforeEach(() => {
  folder = makeTestFolder('export')
  pages = []
  reads = []
  before = () => undefined
})

const AT = Date.UTC(2026, 10, 30, 9, 5, 7) / 1_000
const line = (seq: number, change: Partial<ExportedLine> = {}): ExportedLine => ({
  ...{ seq, at: AT + seq, event: 'issue', client: 'backup', account: 'sftpgo/work' },
  ...{ what: 'Token handed out', who: 'backup · sftpgo/work', ...change },
})
const gap: ExportedLine = {
  ...{ at: AT, event: 'lines_missing', numbers: { from: 3, to: 4 } },
  ...{ what: '2 lines are missing here (numbers 3 to 4)', who: '' },
}

const at = (name: string) => path.join(folder, name)
const read = async (from = '0') => {
  before()
  const page = Number(from)
  reads.push(page)
  const isLast = page === pages.length - 1
  return { lines: pages[page] ?? [], ...(!isLast && { next: String(page + 1) }) }
}
const run = (name: string, replace = false) => exportActivity(at(name), { read, replace })

/** The cells of a file, as RFC 4180 says. */
function cellsOf(name: string): string[][] {
  const text = readFileSync(at(name), 'utf8')
  expect(text.startsWith('\ufeff')).toBe(true)
  expect(text.endsWith('\r\n')).toBe(true)
  return text.slice(1, -2).split('\r\n').map(cellsIn)
}

/** Each cell ends with a comma, or with the row. */
const cellsIn = (row: string): string[] =>
  [...`${row},`.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*)),/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )

/** The rows below the head, each as what its columns hold; empty cells are left out. */
function rowsOf(name: string): Record<string, string>[] {
  const [head = [], ...rows] = cellsOf(name)
  return rows.map((row) => {
    expect(row).toHaveLength(head.length)
    return Object.fromEntries(
      head.map((title, index) => [title, row[index] ?? '']).filter(([, cell]) => cell),
    )
  })
}

describe('a spreadsheet', () => {
  it('has every line oldest first, with its time in UTC, and says where lines are missing', async () => {
    pages = [
      [line(6), line(5)],
      [gap, line(2, { detail: 'before: "a", b' })],
      [line(1, { refused: true })],
    ]
    expect(await run('a.csv')).toEqual({ lines: 4, gaps: 1 })
    const usual = {
      ...{ event: 'issue', client: 'backup', account: 'sftpgo/work' },
      ...{ what: 'Token handed out', who: 'backup · sftpgo/work' },
    }
    expect(rowsOf('a.csv')).toEqual([
      { seq: '1', time_utc: '2026-11-30 09:05:08', ...usual, refused: 'yes' },
      { seq: '2', time_utc: '2026-11-30 09:05:09', ...usual, detail: 'before: "a", b' },
      {
        ...{ time_utc: '2026-11-30 09:05:07', event: 'lines_missing', what: gap.what },
        ...{ numbers_from: '3', numbers_to: '4' },
      },
      { seq: '5', time_utc: '2026-11-30 09:05:12', ...usual },
      { seq: '6', time_utc: '2026-11-30 09:05:13', ...usual },
    ])
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '=HYPERLINK("https://evil.example","x")'])(
    'does not run a text that looks like a formula: %s',
    async (reason) => {
      pages = [[line(1, { reason, detail: reason, client: reason })]]
      await run('a.csv')
      const text = `'${reason}`
      expect(rowsOf('a.csv')).toMatchObject([{ reason: text, detail: text, client: text }])
    },
  )

  it('has a column for everything that the endpoint says about a line', async () => {
    pages = [[]]
    expect(await run('a.csv')).toEqual({ lines: 0, gaps: 0 })
    const { at: _at, numbers: _numbers, ...others } = activityLine.shape
    expect([...(cellsOf('a.csv')[0] ?? [])].sort()).toEqual(
      [...Object.keys(others), 'time_utc', 'numbers_from', 'numbers_to'].sort(),
    )
  })
})

it('writes JSON objects as the endpoint gives them, oldest first', async () => {
  const odd = line(1, { detail: '=1+1 "quoted"\u2028' })
  pages = [[line(3)], [gap, odd]]
  await run('a.jsonl')
  const rows = readFileSync(at('a.jsonl'), 'utf8').trimEnd().split('\n')
  expect(rows.map((row) => JSON.parse(row))).toEqual([odd, gap, line(3)])
})

it('leaves out what is written meanwhile', async () => {
  pages = [[line(2)], [line(1)]]
  before = () => {
    if (reads.length === 2) pages[0] = [line(3), line(2)]
  }
  expect(await run('a.jsonl')).toEqual({ lines: 2, gaps: 0 })
})

it('holds two pages at most, whatever the length of the record', async () => {
  pages = [[line(4)], [line(3)], [line(2)], [line(1)]]
  await run('a.csv')
  expect(reads).toEqual([0, 1, 2, 3, 3, 2, 1])
})

describe('the file', () => {
  it('can be read by this user alone', async () => {
    pages = [[line(1)]]
    await run('A.CSV')
    expect(statSync(at('A.CSV')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['A.CSV'])
  })

  it.each(['a', 'a.txt', '.csv', 'a.csv.gz'])(
    'needs a name that says its format: %s',
    async (name) => {
      const refused = await refusalOf(run(name))
      expect(refused).toMatchObject({ code: 'invalid_request' })
      expect(refused.hint).toContain('.csv')
      expect([reads, readdirSync(folder)]).toEqual([[], []])
    },
  )

  it.each([true, false])(
    'appears only when it is complete (replacing one: %s)',
    async (replace) => {
      pages = [[line(2)], [line(1)]]
      if (replace) writeFileSync(at('a.csv'), 'old')
      const seen: string[] = []
      before = () => {
        if (replace) seen.push(readFileSync(at('a.csv'), 'utf8'))
        else
          seen.push(
            ...readdirSync(folder).filter(
              (name) => name === 'a.csv' && statSync(at(name)).size > 0,
            ),
          )
      }
      await run('a.csv', replace)
      expect(seen).toEqual(replace ? ['old', 'old', 'old'] : [])
      expect(rowsOf('a.csv')).toHaveLength(2)
    },
  )

  it.each([true, false])(
    'is the old one, or none, if the record cannot be read to its end (%s)',
    async (replace) => {
      pages = [[line(2)], [line(1)]]
      if (replace) writeFileSync(at('a.csv'), 'old')
      before = () => {
        if (reads.length === 2) throw new TokentrayError('record_unavailable')
      }
      expect(await refusalOf(run('a.csv', replace))).toMatchObject({ code: 'record_unavailable' })
      expect(readdirSync(folder)).toEqual(replace ? ['a.csv'] : [])
      if (replace) expect(readFileSync(at('a.csv'), 'utf8')).toBe('old')
    },
  )

  it('is not replaced unasked, which is known before the record is read', async () => {
    writeFileSync(at('a.csv'), 'mine')
    expect(await refusalOf(run('a.csv'))).toMatchObject({ code: 'already_exists' })
    expect([reads, readFileSync(at('a.csv'), 'utf8')]).toEqual([[], 'mine'])
  })

  it.each([false, true])(
    'does not advise to replace a folder: with --force %s',
    async (replace) => {
      pages = [[line(1)]]
      mkdirSync(at('folder.csv'))
      expect(await refusalOf(run('folder.csv', replace))).toMatchObject({
        hint: 'There is a folder of that name. Choose another name.',
      })
    },
  )

  it('is refused in words that help, where it cannot be written', async () => {
    pages = [[line(1)]]
    expect(await refusalOf(run('no/a.csv', true))).toMatchObject({
      ...{ code: 'invalid_request', message: `Cannot write the file: ${at('no/a.csv')}` },
      hint: 'That folder does not exist. Choose another one.',
    })
    writeFileSync(at('b'), '')
    chmodSync(at('b'), 0o600)
    expect((await refusalOf(run('b/a.csv', true))).hint).toContain('That folder does not exist')
  })
})
