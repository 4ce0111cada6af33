import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { setImmediate as endOfTurn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { auditFiles, rotate } from '../../../main/audit/audit-files.ts'
import { readActivity } from '../../../main/audit/reading/audit-reader.ts'
import { AuditFile } from '../../../main/audit/writing/audit-file.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

const noon = Date.UTC(2026, 0, 31, 12)
const CHUNK = 65_536

describe('reading the record', () => {
  let folder: string
  let clock: FakeClock

  beforeEach(() => {
    folder = makeTestFolder('audit')
    clock = new FakeClock(noon)
  })

  const file = (age = 0) => auditFiles(folder)[age] ?? ''
  const read = async (search = '', limit = 1_000) =>
    (await readActivity(folder, { search, limit })).lines
  const line = (members: object) =>
    `${JSON.stringify({ time: '2026-01-31T12:00:00.000Z', ...members })}\n`
  const events = async (search?: string, limit?: number) =>
    (await read(search, limit)).map(({ event }) => event)

  it('returns what was recorded, and nothing the user is not shown', async () => {
    const audit = new AuditFile(folder, clock)
    await audit.record({
      event: 'issue',
      client: 'cli',
      account: 'koyeb/work',
      lease: 'l1',
      fingerprint: '00112233445566778899aabbccddeeff',
      endsAt: noon + 1,
      reason: 'Sicherung für Zoë 🔑',
      route: 'oauth',
      code: 'invalid_target',
    })
    await audit.record({ event: 'lock' })
    await audit.close()
    expect(await read()).toEqual([
      { seq: 2, at: noon, event: 'lock' },
      {
        ...{ seq: 1, at: noon, route: 'oauth' },
        event: 'issue',
        client: 'cli',
        account: 'koyeb/work',
        lease: 'l1',
        reason: 'Sicherung für Zoë 🔑',
        code: 'invalid_target',
      },
    ])
  })

  it('returns the newest lines first, across all files', async () => {
    const audit = new AuditFile(folder, clock, { files: 5, fileBytes: 200 })
    for (let count = 0; count < 12; count += 1) await audit.record({ event: `e${count}` })
    await audit.close()
    const read = await events()
    expect(read.length).toBeGreaterThan(8)
    expect(read).toEqual(Array.from(read, (_, index) => `e${11 - index}`))
  })

  it('yields after each chunk of a long record, and stops once it is cancelled', async () => {
    writeFileSync(file(0), line({ event: 'issue', client: 'x'.repeat(200) }).repeat(10_000))
    const pieces = Math.floor(statSync(file(0)).size / CHUNK)
    let turns = 0
    let isOver = false
    const others = (async () => {
      for (; !isOver; turns += 1) await endOfTurn()
    })()
    expect(await read('nobody wrote this')).toEqual([])
    isOver = true
    await others
    expect(turns).toBeGreaterThanOrEqual(pieces)
    const leaving = new AbortController()
    const search = readActivity(
      folder,
      { search: 'nor this', limit: 9 },
      { signal: leaving.signal },
    )
    await endOfTurn()
    leaving.abort()
    await expect(search).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('returns no more than requested, and opens no file without need', async () => {
    writeFileSync(file(0), line({ event: 'a' }) + line({ event: 'b' }))
    // Opening it would fail with ELOOP, which is reported; only a missing file is skipped.
    symlinkSync(file(1), file(1))
    expect(await events('', 1)).toEqual(['b'])
    expect(await events('', 0)).toEqual([])
    // Only the next file can tell whether there are more than these two.
    await expect(events('', 2)).rejects.toMatchObject({ code: 'record_unavailable' })
  })

  it.each([
    ['the tool', { client: 'Needle' }],
    ['the account', { account: 'koyeb/NEEDLE' }],
    ['an event that is new', { event: 'needle' }],
    ['the reason', { reason: 'a "needle", in hay' }],
    ['a code that is new', { code: 'needle_required' }],
    ['what was changed', { setting: 'url', from: 'https://needle.example', to: '' }],
    ['the host', { host: 'needle.example' }],
  ])('finds a text in %s, in capitals or not', async (_, members) => {
    writeFileSync(file(), line({ event: 'hay' }) + line({ event: 'found', ...members }))
    for (const search of ['needle', ' NEEDLE ']) {
      expect(await read(search)).toEqual([expect.objectContaining(members)])
    }
  })

  it('finds the words as shown, in any order, and not the raw text behind them', async () => {
    const issue = { event: 'issue', client: 'backup', account: 'sftpgo/home', route: 'oauth' }
    const locked = { event: 'lock', route: 'window' }
    const kind = {
      event: 'account_changed',
      account: 'koyeb/work',
      setting: 'leaseKind',
      to: 'shared',
    }
    writeFileSync(file(), line(issue) + line(locked) + line({ ...kind, from: 'dedicated' }))
    expect(await events('Token handed out')).toEqual(['issue'])
    expect(await events('OUT backup handed')).toEqual(['issue'])
    expect(await events('home token')).toEqual(['issue'])
    expect(await events('you window locked')).toEqual(['lock'])
    expect(await events('separate sharing')).toEqual(['account_changed'])
    expect(await events('locked backup')).toEqual([])
    for (const hidden of ['issue', 'leaseKind', 'dedicated', 'oauth', 'koyeb/work issue']) {
      expect(await events(hidden), hidden).toEqual([])
    }
  })

  it.each([
    ['sharing:', 'account_changed'],
    ['(before:', 'account_changed'],
    ['shared)', 'account_changed'],
    ['Token sharing: separate for each tool (before: shared)', 'account_changed'],
    ['Refused: not allowed', 'refuse'],
    ['"not allowed"', 'refuse'],
    ['backup · sftpgo/home', 'refuse'],
  ])('finds what is shown as it was copied, with its punctuation: %s', async (search, found) => {
    const kind = { setting: 'leaseKind', from: 'shared', to: 'dedicated' }
    const refused = { client: 'backup', account: 'sftpgo/home', code: 'access_denied' }
    writeFileSync(
      file(),
      line({ event: 'account_changed', ...kind }) +
        line({ event: 'refuse', ...refused, route: 'oauth' }) +
        line({ event: 'lock', route: 'window' }),
    )
    expect(await events(search)).toEqual([found])
  })

  it('shows no invisible or text-reversing characters of a line', async () => {
    const reason = `a\u200bb\u{e0041}c\u202ed\u001be`
    writeFileSync(file(), line({ event: 'is\u{e0001}sue', reason }))
    expect(await read()).toMatchObject([
      { event: 'is\ufffdsue', reason: 'a\ufffdb\ufffdc\ufffdd\ufffde' },
    ])
  })

  it('returns everything the user did, by any route, as done by "you"', async () => {
    const yours = [
      { event: 'issue', client: 'cli', route: 'v1' },
      { event: 'login', account: 'sftpgo/home', route: 'v1' },
      { event: 'grant_added', client: 'backup', account: 'sftpgo/home', route: 'v1' },
      { event: 'settings_changed', setting: 'lockOnSleep', from: 'true', route: 'window' },
      { event: 'lock', route: 'tray' },
      { event: 'end', client: 'tray' },
    ]
    const others = [
      { event: 'issue', client: 'backup', route: 'oauth' },
      { event: 'login', account: 'sftpgo/home', route: 'broker' },
    ]
    writeFileSync(file(), [...others, ...yours].map(line).join(''))
    const { lines } = await readActivity(folder, { limit: 9, tool: 'you' })
    expect(lines.map(({ event }) => event)).toEqual(yours.map(({ event }) => event).toReversed())
  })

  it('reads past lines that were written while the clock was wrong', async () => {
    const at = (minute: number) => new Date(noon + minute * 60_000).toISOString()
    writeFileSync(
      file(),
      line({ seq: 1, event: 'before', time: at(-30) }) +
        line({ seq: 2, event: 'start', time: '2021-01-01T00:00:00.000Z' }) +
        line({ seq: 3, event: 'after', time: at(-1) }),
    )
    const { lines } = await readActivity(folder, { limit: 9, since: noon - 3_600_000 })
    expect(lines.map(({ event }) => event)).toEqual(['after', 'before'])
  })

  it('reads no further than needed for a start time if everything earlier is older', async () => {
    const old = line({ event: 'old', time: '2021-01-01T00:00:00.000Z' })
    writeFileSync(file(0), old.repeat(6_000) + line({ event: 'new' }))
    symlinkSync(file(1), file(1))
    const { lines } = await readActivity(folder, { limit: 9, since: noon - 60_000 })
    expect(lines.map(({ event }) => event)).toEqual(['new'])
  })

  it('finds the date and time of a line as shown', async () => {
    writeFileSync(file(), line({ event: 'lock', time: new Date(2026, 4, 3, 14, 5).toISOString() }))
    expect(await events('14:05 2026-05-03 locked')).toEqual(['lock'])
    expect(await events('14:06')).toEqual([])
  })

  it('finds quotes and other scripts', async () => {
    const reason = 'say "Straße" 备份 \\ done'
    writeFileSync(file(), line({ event: 'a', reason }) + line({ event: 'b' }))
    for (const search of ['"STRASSE"', '"straße"', '备份', '\\ done', 'say "S']) {
      expect((await events(search)).length, search).toBe(search === '"STRASSE"' ? 0 : 1)
    }
  })

  it('filters by account, including its earlier name, by tool and by time', async () => {
    const at = (minute: number) => ({ time: new Date(noon + minute * 60_000).toISOString() })
    writeFileSync(
      file(),
      [
        line({ ...at(0), event: 'login', account: 'koyeb/work' }),
        line({ ...at(1), event: 'issue', client: 'backup', account: 'koyeb/work' }),
        line({ ...at(2), event: 'issue', client: 'cli', account: 'koyeb/home' }),
        line({ ...at(3), event: 'account_renamed', account: 'koyeb/play', from: 'koyeb/work' }),
      ].join(''),
    )
    const found = async (filter: object) =>
      (await readActivity(folder, { limit: 9, ...filter })).lines.map(({ event }) => event)
    expect(await found({ account: 'koyeb/work' })).toEqual(['account_renamed', 'issue', 'login'])
    expect(await found({ tool: 'backup' })).toEqual(['issue'])
    expect(await found({ tool: 'you', account: 'koyeb/home' })).toEqual(['issue'])
    expect(await found({ since: noon + 120_000 })).toEqual(['account_renamed', 'issue'])
  })

  it('filters by account whatever it was called, and by name only lines without a uid', async () => {
    const [work, other] = [{ accountUid: 'uid1' }, { accountUid: 'uid2' }]
    writeFileSync(
      file(),
      [
        line({ event: 'old', account: 'koyeb/work' }),
        line({ event: 'theirs', account: 'koyeb/work', ...other }),
        line({ event: 'went', account: 'koyeb/play', from: 'koyeb/work', ...other }),
        line({ event: 'ours', account: 'koyeb/first', ...work }),
        line({ event: 'came', account: 'koyeb/work', from: 'koyeb/first', ...work }),
        line({ event: 'still', account: 'koyeb/work', ...work }),
      ].join(''),
    )
    const found = async (filter: object) =>
      (await readActivity(folder, { limit: 9, ...filter })).lines.map(({ event }) => event)
    const account = 'koyeb/work'
    expect(await found({ account, ...work })).toEqual(['still', 'came', 'ours', 'old'])
    // No account has that name any more.
    expect(await found({ account })).toEqual(['still', 'came', 'went', 'theirs', 'old'])
  })

  it('goes back to the first line, page by page, across all files and rotations', async () => {
    const audit = new AuditFile(folder, clock, { files: 5, fileBytes: 2_000 })
    for (let count = 0; count < 80; count += 1) await audit.record({ event: `e${count}` })
    const found: string[] = []
    let next: string | undefined
    do {
      const page = await readActivity(folder, { limit: 7, ...(next && { before: next }) })
      found.push(...page.lines.map(({ event }) => event))
      next = page.next
      // Lines written meanwhile belong to no later page.
      await audit.record({ event: 'meanwhile' })
    } while (next !== undefined)
    await audit.close()
    expect(found).toEqual(Array.from({ length: 80 }, (_, index) => `e${79 - index}`))
  })

  it.each([
    ['a number that is none of ours', line({ seq: -5, event: 'theirs' })],
    ['no number', line({ event: 'theirs' })],
    ['more than a line of ours can have', line({ seq: 2, event: 'x'.repeat(CHUNK + 5_000) })],
  ])('goes on behind a page that ends at a line with %s', async (_, theirs) => {
    writeFileSync(file(), line({ seq: 1, event: 'first' }) + theirs + line({ seq: 3, event: 'a' }))
    const found: string[] = []
    let next: string | undefined
    do {
      const page = await readActivity(folder, { limit: 1, ...(next && { before: next }) })
      found.push(...page.lines.map(({ event }) => event))
      next = page.next
    } while (next !== undefined)
    expect(found[0]).toBe('a')
    expect(found.at(-1)).toBe('first')
  })

  it('returns an empty page if its lines have been deleted since, and rejects an invalid page', async () => {
    writeFileSync(file(), line({ seq: 1, event: 'a' }) + line({ seq: 2, event: 'b' }))
    const { next = '' } = await readActivity(folder, { limit: 1 })
    expect(next).not.toBe('')
    rmSync(file())
    writeFileSync(file(), line({ seq: 7, event: 'other' }) + line({ seq: 8, event: 'others' }))
    const later = await readActivity(folder, { limit: 1, before: next })
    expect(later).toEqual({ lines: [] })
    const wrong = readActivity(folder, { limit: 1, before: 'yesterday' })
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_request' })
  })

  it('returns only lines after a number, and reads no further', async () => {
    writeFileSync(file(0), [3, 4, 5].map((seq) => line({ seq, event: `e${seq}` })).join(''))
    symlinkSync(file(1), file(1))
    const { lines } = await readActivity(folder, { limit: 9, after: 3 })
    expect(lines.map(({ event }) => event)).toEqual(['e5', 'e4'])
  })

  it.each([
    ['a torn line', '{"seq":2,"time":"2026-01-31T12:0'],
    ['an empty line', ''],
    ['JSON of another kind', '[1]'],
    ['null', 'null'],
    ['a line without a time', '{"event":"x"}'],
    ['a line whose time is none', '{"event":"x","time":"soon"}'],
    ['a line without an event', '{"time":"2026-01-31T12:00:00.000Z"}'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00])],
    ['a line that is far too long', `{"event":"${'x'.repeat(3 * CHUNK)}"}`],
    ['a line that is long and whole', line({ event: 'x'.repeat(3 * CHUNK) }).trimEnd()],
  ])('leaves out %s, and nothing else', async (_, broken) => {
    const [before, after] = [line({ event: 'before' }), line({ event: 'after' })]
    writeFileSync(
      file(),
      Buffer.concat([before, broken, '\n', after].map((part) => Buffer.from(part))),
    )
    expect(await events()).toEqual(['after', 'before'])
    writeFileSync(file(), Buffer.concat([before, broken].map((part) => Buffer.from(part))))
    expect(await events()).toEqual(['before'])
    writeFileSync(file(), Buffer.concat([broken, '\n', after].map((part) => Buffer.from(part))))
    expect(await events()).toEqual(['after'])
  })

  it('leaves out members that are not text', async () => {
    writeFileSync(file(), line({ event: 'a', client: 1, account: null, reason: { deep: true } }))
    expect(await read()).toEqual([{ at: noon, event: 'a' }])
  })

  it('reads every line whole, wherever the chunk boundaries fall', async () => {
    const reason = '🔑備份'.repeat(9)
    for (let shift = 0; shift < 120; shift += 3) {
      const lines = Array.from({ length: 320 }, (_, count) => line({ event: `e${count}`, reason }))
      writeFileSync(file(), `${' '.repeat(shift)}\n${lines.join('')}`)
      const found = await read()
      expect(found).toHaveLength(320)
      expect(found.every((each) => each.reason === reason)).toBe(true)
    }
  })

  it('is empty if nothing was ever recorded', async () => {
    expect(await read()).toEqual([])
    expect(await readActivity(path.join(folder, 'none'), { limit: 1 })).toEqual({ lines: [] })
  })

  it('continues with the older files if one in between is missing', async () => {
    writeFileSync(file(0), line({ event: 'new' }))
    writeFileSync(file(2), line({ event: 'old' }))
    expect(await events()).toEqual(['new', 'old'])
  })

  it('returns no line twice if the files are renamed meanwhile', async () => {
    const lines = (from: number) =>
      Array.from({ length: 4_000 }, (_, count) => line({ event: `e${from + count}` })).join('')
    writeFileSync(file(1), lines(0))
    writeFileSync(file(0), lines(4_000))
    const reading = read('', 10_000)
    rotate(auditFiles(folder))
    writeFileSync(file(0), line({ event: 'later' }))
    const found = (await reading).map(({ event }) => event).filter((event) => event !== 'later')
    expect(found).toEqual(Array.from({ length: 8_000 }, (_, index) => `e${7_999 - index}`))
  })

  it('returns what it can of a file that is truncated or removed while it is read', async () => {
    const lines = Array.from({ length: 4_000 }, (_, count) => line({ event: `e${count}` }))
    for (const change of [() => truncateSync(file(), 10), () => rmSync(file())]) {
      writeFileSync(file(), lines.join(''))
      const reading = events()
      for (let turns = 0; turns < 5; turns += 1) await endOfTurn()
      change()
      const found = await reading
      expect(found).toEqual(Array.from(found, (_, index) => `e${3_999 - index}`))
    }
  })

  it('does not block on a pipe in place of a file', async () => {
    execFileSync('mkfifo', [file(1)])
    mkdirSync(file(2))
    writeFileSync(file(0), line({ event: 'new' }))
    writeFileSync(file(3), line({ event: 'old' }))
    expect(await events()).toEqual(['new', 'old'])
  })

  it('holds little of a full record in memory', async () => {
    const text = line({ event: 'issue', client: 'backup', reason: 'x'.repeat(100) })
    const block = text.repeat(Math.floor(1_000_000 / text.length))
    for (const each of auditFiles(folder)) {
      for (let count = 0; count < 10; count += 1) appendFileSync(each, block)
    }
    let highest = 0
    const before = process.memoryUsage().arrayBuffers
    const watch = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage().arrayBuffers - before)
    }, 1)
    try {
      expect(await events('no such word')).toEqual([])
    } finally {
      clearInterval(watch)
    }
    expect(highest).toBeLessThan(4_000_000)
  })

  it('follows a rotation that leaves no newest file', async () => {
    writeFileSync(file(0), line({ event: 'a' }))
    renameSync(file(0), file(1))
    expect(await events()).toEqual(['a'])
  })
})
