import { EventEmitter } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ActivityLineAnswer } from '../../../main/loopback/schemas/wire.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { FakeOutput, runCli } from '../run-cli.ts'
import { NOW } from '../samples.ts'

const ROUTE = 'POST /v1/activity'
const line = (seq: number, change: Partial<ActivityLineAnswer> = {}): ActivityLineAnswer => ({
  ...{ seq, at: NOW / 1000 + seq, event: 'issue', client: 'backup', account: 'sftpgo/work' },
  ...{ what: 'Token handed out', who: 'backup · sftpgo/work', ...change },
})

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

const run = (...args: string[]) => runCli(endpoint.directories, ['activity', ...args])

/** Follows the record as JSON, until `ended` is aborted because the output was closed. */
function follow() {
  const stdout = new FakeOutput()
  const ended = new AbortController()
  const running = runCli(endpoint.directories, ['activity', '--follow', '--json'], {
    ...{ stdout, outputEnded: ended.signal },
  })
  return { stdout, ended, running }
}

it('shows the record as the window words it, newest last', async () => {
  const locked = { what: 'Locked', who: 'by Tokentray', detail: 'The screen was locked.' }
  endpoint.reply(ROUTE, { lines: [line(2, locked), line(1)], last: 2 })
  const { exit, stdout, stderr } = await run()
  const rows = stdout.trimEnd().split('\n')
  expect(rows.map((row) => row.replace(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} {2}/, ''))).toEqual([
    'Token handed out  backup · sftpgo/work',
    'Locked  by Tokentray  The screen was locked.',
  ])
  expect([exit, stderr]).toEqual([0, ''])
})

it('sends the filters, and reads page by page from the newest line back', async () => {
  endpoint.reply(ROUTE, { lines: [line(3)], last: 3, next: '1.2.3' }, { lines: [line(2)], last: 3 })
  const { stdout } = await run(
    ...['--since', '2h', '--account', 'sftpgo/work', '--tool', 'backup', '--search', 'handed out'],
  )
  const filter = {
    ...{ since: NOW / 1000 - 7_200, account: 'sftpgo/work', tool: 'backup', search: 'handed out' },
  }
  expect(endpoint.bodies(ROUTE)).toMatchObject([filter, { ...filter, before: '1.2.3' }])
  expect(stdout.trimEnd().split('\n')).toHaveLength(2)
})

it('says that there are older lines', async () => {
  endpoint.reply(ROUTE, { lines: [line(3)], last: 3, next: '1.2.3' })
  const { stderr } = await run('--limit', '1')
  expect(stderr).toContain('There are older lines')
  expect(endpoint.bodies(ROUTE)).toHaveLength(1)
})

it('says how to see older lines that --limit left out although --since was given', async () => {
  endpoint.reply(ROUTE, { lines: [line(3)], last: 3, next: '1.2.3' })
  const { stderr } = await run('--since', '1m', '--limit', '1')
  expect(stderr).toBe('There are older lines. To see them, use a higher --limit.\n')
})

it('says that nothing matches if a filter was given', async () => {
  endpoint.reply(ROUTE, { lines: [], last: 3 })
  expect((await run('--tool', 'backup')).stderr).toBe('No matching activity.\n')
  expect((await run()).stderr).toBe('No activity recorded.\n')
})

const gap = (from: number, to: number): ActivityLineAnswer => ({
  ...{ at: NOW / 1000, event: 'lines_missing', numbers: { from, to } },
  ...{ what: `${to - from + 1} lines are missing here (numbers ${from} to ${to})`, who: '' },
})

it('reports missing lines on a line of their own, and in JSON as an object without a number', async () => {
  endpoint.reply(ROUTE, { lines: [line(9), gap(4, 8), line(3)], last: 9 })
  const rows = (await run()).stdout.trimEnd().split('\n')
  expect(rows[1]).toBe('5 lines are missing here (numbers 4 to 8)')
  endpoint.reply(ROUTE, { lines: [line(9), gap(4, 8), line(3)], last: 9 })
  const objects = (await run('--json')).stdout.trimEnd().split('\n')
  expect(objects.map((row) => JSON.parse(row))).toMatchObject([
    { seq: 3 },
    { event: 'lines_missing', numbers: { from: 4, to: 8 } },
    { seq: 9 },
  ])
  expect(JSON.parse(objects[1] ?? '')).not.toHaveProperty('seq')
})

it('says that nothing matches if it only reports missing lines', async () => {
  endpoint.reply(ROUTE, { lines: [gap(4, 8)], last: 9 })
  const { stdout, stderr } = await run('--tool', 'backup')
  expect([stdout, stderr]).toEqual([`${gap(4, 8).what}\n`, 'No matching activity.\n'])
})

it('prints one JSON object per line', async () => {
  endpoint.reply(ROUTE, { lines: [line(2), line(1)], last: 2 })
  const { stdout } = await run('--json')
  const rows = stdout.trimEnd().split('\n')
  expect(rows.map((row) => JSON.parse(row).seq)).toEqual([1, 2])
})

it('prints no terminal control sequences from the record', async () => {
  endpoint.reply(ROUTE, { lines: [line(1, { detail: 'a\u001b[2Jb' })], last: 1 })
  expect((await run()).stdout).not.toContain('\u001b')
  expect((await run('--json')).stdout).not.toContain('\u001b')
})

it('follows, shows each line once, and ends when its output is closed', async () => {
  endpoint.reply(
    ROUTE,
    ...[
      { lines: [line(1)], last: 1 },
      { lines: [], last: 1 },
      { lines: [line(2)], last: 2 },
    ],
    ...[
      { lines: [line(3), line(2)], last: 3 },
      { lines: [line(3)], last: 3 },
    ],
    ...[
      { lines: [line(3)], last: 3 },
      { lines: [], last: 3 },
    ],
  )
  const { stdout, ended, running } = follow()
  await stdout.shows('"seq":3')
  ended.abort()
  expect((await running).exit).toBe(0)
  const rows = stdout.text.trimEnd().split('\n')
  expect(rows.map((row) => JSON.parse(row).seq)).toEqual([1, 2, 3])
  expect(endpoint.bodies(ROUTE)).toContainEqual(expect.objectContaining({ after: 1, wait: 25 }))
})

it('follows, and reports missing lines once, together with the line after them', async () => {
  const all = [line(9), gap(4, 8), line(3), line(2)]
  endpoint.reply(
    ROUTE,
    ...[
      { lines: [line(1)], last: 1 },
      { lines: [line(3)], last: 8 },
    ],
    // The last line was written after the response that said there are eight.
    ...[
      { lines: all, last: 9 },
      { lines: [line(9)], last: 9 },
      { lines: [line(9), gap(4, 8)], last: 9 },
    ],
    { lines: [], last: 9 },
  )
  const { stdout, ended, running } = follow()
  await stdout.shows('"seq":9')
  ended.abort()
  await running
  const rows = stdout.text.trimEnd().split('\n')
  expect(rows.map((row) => JSON.parse(row)).map(({ seq, event }) => seq ?? event)).toEqual([
    ...[1, 2, 3],
    ...['lines_missing', 9],
  ])
})

const NO_TIMES = ['yesterday', '5', '-1h', '2026-13-45', '2026-02-31', '2026-02-29T10:00']
it.each(NO_TIMES)('rejects the time %s', async (text) => {
  const { exit, stderr } = await run('--since', text)
  expect([exit, endpoint.bodies(ROUTE)]).toEqual([2, []])
  expect(stderr).toContain('30m, 12h, 7d or 2026-11-28')
})

describe('--export', () => {
  let folder: string
  beforeEach(() => {
    folder = makeTestFolder('activity')
  })
  const at = (name: string) => path.join(folder, name)
  const pages = [
    { lines: [line(4)], last: 4, next: '1.2.3' },
    { lines: [gap(2, 3), line(1)], last: 4 },
  ] as const
  const [newest, oldest] = pages

  it('saves all lines of the filters, as --json prints them, for this user alone', async () => {
    endpoint.reply(ROUTE, ...pages)
    const printed = await run('--json', '--since', '2h', '--tool', 'backup')
    endpoint.clear(ROUTE)
    endpoint.reply(ROUTE, newest, oldest)
    const { exit, stdout, stderr } = await run(
      ...['--export', at('a.jsonl'), '--since', '2h', '--tool', 'backup'],
    )
    expect({ exit, stdout, stderr }).toEqual({
      exit: 0,
      stdout: `Exported: 2 lines to ${at('a.jsonl')}\n`,
      stderr: 'Lines are missing or out of order in 1 place. The file says where.\n',
    })
    expect(readFileSync(at('a.jsonl'), 'utf8')).toBe(printed.stdout)
    expect(statSync(at('a.jsonl')).mode & 0o777).toBe(0o600)
    const filter = { since: NOW / 1000 - 7_200, tool: 'backup', limit: 1_000 }
    const again = { ...filter, before: '1.2.3' }
    expect(endpoint.bodies(ROUTE).slice(-3)).toEqual([filter, again, again])
  })

  it('writes a spreadsheet, in which no text is a formula', async () => {
    endpoint.reply(ROUTE, { lines: [line(1, { detail: '=1+1', reason: '=1+1' })], last: 1 })
    expect(await run('--export', at('a.csv'))).toMatchObject({ exit: 0, stderr: '' })
    const [head, row] = readFileSync(at('a.csv'), 'utf8').split('\r\n')
    expect(head).toMatch(/^\ufeffseq,time_utc,what,who,detail,/)
    expect(row).toMatch(/^1,2\d{3}-.*,Token handed out,backup · sftpgo\/work,'=1\+1,/)
  })

  it('leaves an existing file alone, unless --force replaces it', async () => {
    writeFileSync(at('a.csv'), 'mine')
    const refused = await run('--export', at('a.csv'))
    expect(refused).toMatchObject({ exit: 2, stdout: '' })
    expect(refused.stderr).toContain('--force')
    expect([readFileSync(at('a.csv'), 'utf8'), endpoint.requests]).toEqual(['mine', []])

    endpoint.reply(ROUTE, { lines: [line(1)], last: 1 })
    expect(await run('--export', at('a.csv'), '--force')).toMatchObject({ exit: 0 })
    expect(readFileSync(at('a.csv'), 'utf8')).toContain('Token handed out')
    expect(readdirSync(folder)).toEqual(['a.csv'])
  })

  it('leaves nothing after an interrupt or a failure', async () => {
    const keys = new EventEmitter()
    const release = endpoint.hold(ROUTE)
    const args = ['activity', '--export', at('a.csv')]
    const interrupted = runCli(endpoint.directories, args, { keys })
    await endpoint.asked(ROUTE)
    keys.emit('SIGINT')
    expect(await interrupted).toMatchObject({ exit: 130, stdout: '' })
    release()
    endpoint.refuse(ROUTE, 'record_unavailable')
    expect(await run('--export', at('a.csv'))).toMatchObject({ exit: 7, stdout: '' })
    expect([readdirSync(folder), keys.listenerCount('SIGINT')]).toEqual([[], 0])
  })

  it.each([
    ['a.txt', [], '.csv for a spreadsheet'],
    ['a.csv', ['--limit', '5'], '--limit'],
    ['a.csv', ['--follow'], '--follow'],
    ['a.csv', ['--json'], '--json'],
  ])('refuses %s %j before it calls Tokentray', async (name, more, says) => {
    const { exit, stdout, stderr } = await run('--export', at(name), ...more)
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(stderr).toContain(says)
    expect([endpoint.requests, readdirSync(folder)]).toEqual([[], []])
  })
})
