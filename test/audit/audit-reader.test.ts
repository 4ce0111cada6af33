import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { setImmediate as endOfTurn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { AuditFile } from '../../main/audit/audit-file.ts'
import { auditFiles, rotate } from '../../main/audit/audit-files.ts'
import { readActivity } from '../../main/audit/audit-reader.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { makeTestFolder } from '../helpers/marks.ts'

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
  const read = (search = '', limit = 1_000) => readActivity(folder, { search, limit })
  const line = (members: object) =>
    `${JSON.stringify({ time: '2026-01-31T12:00:00.000Z', ...members })}\n`
  const events = async (search?: string, limit?: number) =>
    (await read(search, limit)).map(({ event }) => event)

  it('gives what was recorded, and nothing that a person is not shown', async () => {
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
      { at: noon, event: 'lock' },
      {
        at: noon,
        event: 'issue',
        client: 'cli',
        account: 'koyeb/work',
        lease: 'l1',
        reason: 'Sicherung für Zoë 🔑',
        code: 'invalid_target',
      },
    ])
  })

  it('gives the newest first, over all files', async () => {
    const audit = new AuditFile(folder, clock, { files: 5, fileBytes: 200 })
    for (let count = 0; count < 12; count += 1) await audit.record({ event: `e${count}` })
    await audit.close()
    const read = await events()
    expect(read.length).toBeGreaterThan(8)
    expect(read).toEqual(Array.from(read, (_, index) => `e${11 - index}`))
  })

  it('gives no more than it was asked for, and opens no file that it need not', async () => {
    writeFileSync(file(0), line({ event: 'a' }) + line({ event: 'b' }))
    // Of a folder that is not a file it would say so.
    symlinkSync(file(1), file(1))
    expect(await events('', 2)).toEqual(['b', 'a'])
    expect(await events('', 0)).toEqual([])
    await expect(events('', 3)).rejects.toMatchObject({ code: 'record_unavailable' })
  })

  it.each([
    ['the client', { client: 'Needle' }],
    ['the account', { account: 'koyeb/NEEDLE' }],
    ['the event', { event: 'needle' }],
    ['the reason', { reason: 'a "needle", in hay' }],
    ['the code', { code: 'needle_required' }],
  ])('finds a text in %s, in capitals or not', async (_, members) => {
    writeFileSync(file(), line({ event: 'hay' }) + line({ event: 'found', ...members }))
    for (const search of ['needle', ' NEEDLE ']) {
      expect(await read(search)).toEqual([expect.objectContaining(members)])
    }
  })

  it('finds quotes and other scripts', async () => {
    const reason = 'say "Straße" 备份 \\ done'
    writeFileSync(file(), line({ event: 'a', reason }) + line({ event: 'b' }))
    for (const search of ['"STRASSE"', '"straße"', '备份', '\\ done', 'say "S']) {
      expect((await events(search)).length, search).toBe(search === '"STRASSE"' ? 0 : 1)
    }
  })

  it('searches in nothing that a person is not shown', async () => {
    writeFileSync(file(), line({ event: 'a', lease: 'l1', route: 'oauth', fingerprint: 'ff00' }))
    for (const hidden of ['l1', 'oauth', 'ff00', '2026', 'event']) {
      expect(await events(hidden), hidden).toEqual([])
    }
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

  it('leaves out of a line what is not text', async () => {
    writeFileSync(file(), line({ event: 'a', client: 1, account: null, reason: { deep: true } }))
    expect(await read()).toEqual([{ at: noon, event: 'a' }])
  })

  it('reads every line whole, wherever the borders of what it reads at once fall', async () => {
    const reason = '🔑備份'.repeat(9)
    for (let shift = 0; shift < 120; shift += 3) {
      const lines = Array.from({ length: 320 }, (_, count) => line({ event: `e${count}`, reason }))
      writeFileSync(file(), `${' '.repeat(shift)}\n${lines.join('')}`)
      const found = await read()
      expect(found).toHaveLength(320)
      expect(found.every((each) => each.reason === reason)).toBe(true)
    }
  })

  it('is empty where nothing was ever recorded', async () => {
    expect(await read()).toEqual([])
    expect(await readActivity(path.join(folder, 'none'), { search: '', limit: 1 })).toEqual([])
  })

  it('goes on with the older files when one in between is gone', async () => {
    writeFileSync(file(0), line({ event: 'new' }))
    writeFileSync(file(2), line({ event: 'old' }))
    expect(await events()).toEqual(['new', 'old'])
  })

  it('gives no line twice when the files change their names meanwhile', async () => {
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

  it('gives what it can of a file that is cut off or removed while it is read', async () => {
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

  it('waits for nobody where a pipe stands in the place of a file', async () => {
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
