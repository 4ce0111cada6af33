import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { auditFiles } from '../../../main/audit/audit-files.ts'
import { AuditFile } from '../../../main/audit/writing/audit-file.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { prlimit, withFileLimit } from '../../helpers/file-limit.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { describeWith } from '../../helpers/needs.ts'

const small = { files: 5, fileBytes: 300 }
const unavailable = { code: 'record_unavailable' }

describe('the record in files', () => {
  let folder: string
  let clock: FakeClock

  beforeEach(() => {
    folder = makeTestFolder('audit')
    clock = new FakeClock(Date.UTC(2026, 0, 31, 12, 0, 0, 7))
  })

  const open = (limits = small) => new AuditFile(folder, clock, limits)
  const newest = () => path.join(folder, 'audit.jsonl')
  const linesOf = (file: string): Record<string, unknown>[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  /** Every line kept, oldest first. */
  const allLines = () => auditFiles(folder).filter(existsSync).reverse().flatMap(linesOf)

  it('holds the whole event, with number and time, when record resolves', async () => {
    const audit = open()
    const event = {
      event: 'issue',
      client: 'cli',
      account: 'koyeb/work',
      lease: 'l1',
      fingerprint: '00112233445566778899aabbccddeeff',
      endsAt: 1_770_000_000_000,
      reason: 'backup',
      route: 'oauth',
      code: 'invalid_target',
    }
    await audit.record(event)
    expect(linesOf(newest())).toEqual([{ seq: 1, time: '2026-01-31T12:00:00.007Z', ...event }])
    expect(statSync(newest()).mode & 0o777).toBe(0o600)
    await audit.close()
  })

  it('distinguishes a lease that does not expire from one whose end is unknown', async () => {
    const audit = open()
    await audit.record({ event: 'issue', endsAt: null })
    await audit.record({ event: 'lock' })
    expect(linesOf(newest())).toMatchObject([{ endsAt: null }, { event: 'lock' }])
    expect(linesOf(newest())[1]).not.toHaveProperty('endsAt')
    await audit.close()
  })

  it.each([
    ['line breaks', 'one\r\ntwo\u2028three', 'one\ufffd\ufffdtwo\ufffdthree'],
    ['escape sequences', '\u001b[2Jclean\u009b', '\ufffd[2Jclean\ufffd'],
    ['what nobody sees', 'a\u200bb\u{e0041}c\ufeffd', 'a\ufffdb\ufffdc\ufffdd'],
    ['the joiners of scripts and emoji', '\u0645\u06cc\u200c 👩‍🔧', '\u0645\u06cc\u200c 👩‍🔧'],
    ['marks that turn text around', 'a\u202eb\u2066c\u200fd', 'a\ufffdb\ufffdc\ufffdd'],
    ['more than 200 characters', 'x'.repeat(201), 'x'.repeat(200)],
    ['more than 200 of two units each', '🔑'.repeat(201), '🔑'.repeat(200)],
  ])('takes %s out of texts from outside', async (_, given, kept) => {
    const audit = open()
    await audit.record({ event: 'refused', client: given, reason: given, account: given })
    expect(linesOf(newest())).toMatchObject([{ client: kept, reason: kept, account: kept }])
    await audit.close()
  })

  it('leaves other scripts unchanged', async () => {
    const audit = open()
    await audit.record({ event: 'issue', reason: 'Sicherung für Zoë, 备份 🔑' })
    expect(linesOf(newest())).toMatchObject([{ reason: 'Sicherung für Zoë, 备份 🔑' }])
    await audit.close()
  })

  it('keeps counting across restarts', async () => {
    for (let start = 0; start < 3; start += 1) {
      const audit = open()
      await audit.record({ event: 'start' })
      await audit.record({ event: 'stop' })
      await audit.close()
    }
    expect(allLines().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('keeps the five newest files, with no number missing or repeated', async () => {
    const audit = open()
    for (let line = 0; line < 100; line += 1) await audit.record({ event: 'issue' })
    await audit.close()
    expect(readdirSync(folder).sort()).toEqual(auditFiles('').sort())
    const numbers = allLines().map(({ seq }) => Number(seq))
    expect(numbers.at(-1)).toBe(100)
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index))
    for (const file of auditFiles(folder)) expect(statSync(file).size).toBeLessThan(400)
  })

  it('keeps counting if it stopped between a rotation and the first line of the new file', async () => {
    const audit = open()
    for (let line = 0; line < 3; line += 1) await audit.record({ event: 'issue' })
    await audit.close()
    renameSync(newest(), path.join(folder, 'audit.1.jsonl'))
    const next = open()
    await next.record({ event: 'issue' })
    await next.close()
    expect(allLines().map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  })

  it('loses nothing when an interrupted rotation is completed', async () => {
    for (const [age, seq] of [
      [0, 5],
      [1, 4],
      [3, 3],
      [4, 2],
    ] as const) {
      const name = age === 0 ? 'audit.jsonl' : `audit.${age}.jsonl`
      writeFileSync(path.join(folder, name), `{"seq":${seq},"pad":"${'x'.repeat(300)}"}\n`)
    }
    const audit = open()
    await audit.record({ event: 'issue' })
    await audit.close()
    expect(allLines().map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6])
  })

  it('ignores a last line that is torn or foreign', async () => {
    const audit = open()
    await audit.record({ event: 'issue' })
    await audit.close()
    appendFileSync(newest(), 'no line of ours\n{"seq":7,"ti')
    const next = open()
    await next.record({ event: 'issue' })
    await next.close()
    const lines = readFileSync(newest(), 'utf8').split('\n')
    expect(lines[1]).toBe('no line of ours')
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ seq: 2 })
  })

  it('continues from its own numbers, whatever numbers a foreign line contains', async () => {
    const audit = new AuditFile(folder, clock)
    await audit.record({ event: 'a' })
    await audit.close()
    appendFileSync(newest(), '{"seq":-7,"time":"2026-01-01T00:00:00.000Z","event":"theirs"}\n')
    const next = new AuditFile(folder, clock)
    expect(next.last).toBe(1)
    await next.close()
  })

  it('rejects, and retries with the same number, if it cannot create a new file', async () => {
    const audit = open()
    for (let line = 0; line < 8; line += 1) await audit.record({ event: 'issue' })
    const before = allLines().length
    const size = () => statSync(newest()).size
    while (size() < small.fileBytes) await audit.record({ event: 'issue' })
    const last = Number(allLines().at(-1)?.['seq'])
    rmSync(path.join(folder, 'audit.4.jsonl'), { force: true, recursive: true })
    // A non-empty folder cannot be replaced by a file.
    for (const age of [1, 2, 3, 4]) {
      rmSync(path.join(folder, `audit.${age}.jsonl`), { force: true })
      mkdirSync(path.join(folder, `audit.${age}.jsonl`, 'in the way'), { recursive: true })
    }
    await expect(audit.record({ event: 'issue' })).rejects.toMatchObject(unavailable)
    for (const age of [1, 2, 3, 4]) {
      rmSync(path.join(folder, `audit.${age}.jsonl`), { recursive: true })
    }
    await audit.record({ event: 'issue' })
    expect(before).toBeGreaterThan(0)
    expect(linesOf(newest())).toMatchObject([{ seq: last + 1 }])
    await audit.close()
  })

  it('rejects a symbolic link in place of its file', () => {
    symlinkSync(path.join(folder, 'elsewhere'), newest())
    expect(() => open()).toThrow(expect.objectContaining(unavailable))
    expect(existsSync(path.join(folder, 'elsewhere'))).toBe(false)
  })

  it('reports what is in place of its file and is not one', () => {
    mkdirSync(newest())
    expect(() => open()).toThrow(
      expect.objectContaining({ ...unavailable, message: `${newest()} is not a regular file.` }),
    )
  })

  it('creates nothing through a dangling link', () => {
    const target = path.join(makeTestFolder('elsewhere'), 'target')
    symlinkSync(target, newest())
    expect(() => new AuditFile(folder, clock)).toThrow(
      expect.objectContaining({
        code: 'record_unavailable',
        message: expect.stringContaining('is a link'),
      }),
    )
    expect(existsSync(target)).toBe(false)
  })

  it('has no gap in its numbers after a crash, at whatever byte its file ends', async () => {
    const first = open()
    for (let line = 0; line < 3; line += 1) await first.record({ event: 'issue' })
    await first.close()
    const whole = readFileSync(newest())
    for (let length = 0; length <= whole.length; length += 1) {
      writeFileSync(newest(), whole.subarray(0, length))
      const audit = open()
      await audit.record({ event: 'issue' })
      await audit.close()
      const numbers = linesOf(newest()).map(({ seq }) => seq)
      expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    }
  })

  it('is left untouched if a newer Tokentray wrote the last line', () => {
    const lines = '{"seq":1,"time":"2026-01-01T00:00:00Z","event":"issue"}\n{"v":2,"n":"a"}\n'
    writeFileSync(newest(), lines)
    expect(() => new AuditFile(folder, clock)).toThrow(
      expect.objectContaining({ code: 'newer_version' }),
    )
    expect(readFileSync(newest(), 'utf8')).toBe(lines)
  })

  it('reports record_unavailable if its folder cannot be created', () => {
    writeFileSync(path.join(folder, 'file'), '')
    folder = path.join(folder, 'file', 'below')
    expect(() => open()).toThrow(expect.objectContaining(unavailable))
  })

  describeWith([prlimit], 'on a full disk', () => {
    it('rejects, and continues with the next number when there is room', async () => {
      const audit = open()
      await audit.record({ event: 'issue' })
      await withFileLimit(100, async () => {
        const refused = [audit.record({ event: 'issue' }), audit.record({ event: 'issue' })]
        for (const line of refused) await expect(line).rejects.toMatchObject(unavailable)
      })
      await audit.record({ event: 'issue' })
      expect(allLines().map(({ seq }) => seq)).toEqual([1, 2])
      await audit.close()
    })
  })
})
