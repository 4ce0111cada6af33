import {
  appendFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readActivity } from '../../../main/audit/reading/audit-reader.ts'
import { AuditFile } from '../../../main/audit/writing/audit-file.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = makeTestFolder('audit')
  file = path.join(folder, 'audit.jsonl')
})

const open = () => new AuditFile(folder, new FakeClock())
const content = () => readFileSync(file, 'utf8')
/** What the user is shown, oldest first. */
const shown = async () => {
  const { lines } = await readActivity(folder, { limit: 1_000 })
  return [...lines]
    .reverse()
    .map(({ seq, event, reason, numbers }) =>
      numbers ? [event, numbers.from, numbers.to] : [seq, event, ...(reason ? [reason] : [])],
    )
}
const asides = () => readdirSync(folder).filter((name) => name.includes('.unreadable-'))

/** An open record with three lines. */
async function begin(): Promise<AuditFile> {
  const audit = open()
  for (let line = 0; line < 3; line += 1) await audit.record({ event: 'issue' })
  return audit
}

describe('a record whose file is removed while it is written', () => {
  const replaced = 'Its file was removed or replaced while Tokentray ran.'

  it('continues in a new, readable file, reports it, and keeps counting', async () => {
    const audit = await begin()
    rmSync(file)
    await audit.record({ event: 'issue' })
    await audit.record({ event: 'issue' })
    expect(await shown()).toEqual([
      ['lines_missing', 1, 3],
      [4, 'record_resumed', replaced],
      [5, 'issue'],
      [6, 'issue'],
    ])
    await audit.close()
  })

  it('continues in the file that replaced it, after its content', async () => {
    const audit = await begin()
    const before = content()
    renameSync(file, `${file}.moved`)
    writeFileSync(file, before.split('\n').slice(0, 1).join('\n'))
    await audit.record({ event: 'issue' })
    expect(await shown()).toEqual([
      [1, 'issue'],
      ['lines_missing', 2, 3],
      [4, 'record_resumed', replaced],
      [5, 'issue'],
    ])
    expect(readFileSync(`${file}.moved`, 'utf8')).toBe(before)
    await audit.close()
  })

  it('repeats no number that is in that file', async () => {
    const audit = await begin()
    rmSync(file)
    writeFileSync(file, '{"seq":70,"time":"2026-01-01T00:00:00.000Z","event":"issue"}\n')
    await audit.record({ event: 'issue' })
    expect(await shown()).toEqual([
      ['lines_missing', 1, 69],
      [70, 'issue'],
      [71, 'record_resumed', replaced],
      [72, 'issue'],
    ])
    await audit.close()
  })

  it('records nothing while it cannot create a file, and continues once it can', async () => {
    const audit = await begin()
    renameSync(file, `${file}.moved`)
    symlinkSync(`${file}.moved`, file)
    await expect(audit.record({ event: 'issue' })).rejects.toMatchObject({
      code: 'record_unavailable',
    })
    rmSync(file)
    await audit.record({ event: 'issue' })
    expect(await shown()).toEqual([
      ['lines_missing', 1, 3],
      [4, 'record_resumed', replaced],
      [5, 'issue'],
    ])
    await audit.close()
  })

  it('reports that it was truncated', async () => {
    const audit = await begin()
    truncateSync(file)
    await audit.record({ event: 'issue' })
    expect(await shown()).toEqual([
      ['lines_missing', 1, 3],
      [4, 'record_resumed', 'Its file was cut while Tokentray ran.'],
      [5, 'issue'],
    ])
    await audit.close()
  })

  it('reports nothing if a second link to it came and went, or others appended to it', async () => {
    const audit = await begin()
    linkSync(file, `${file}.copy`)
    rmSync(`${file}.copy`)
    appendFileSync(file, 'half a line')
    await audit.record({ event: 'issue' })
    expect(await shown()).toEqual([1, 2, 3, 4].map((seq) => [seq, 'issue']))
    await audit.close()
  })
})

describe('an existing record', () => {
  it.each(['{"seq":4,"time":"2026-01-01T00:0', '{"se'])(
    'loses half a line of ours: %s',
    async (half) => {
      await (await begin()).close()
      const before = content()
      appendFileSync(file, half)
      const audit = open()
      expect([content(), audit.notices, asides()]).toEqual([before, [], []])
      await audit.close()
    },
  )

  it('keeps a complete last line that lacks only its newline', async () => {
    await (await begin()).close()
    writeFileSync(file, content().trimEnd())
    const audit = open()
    await audit.record({ event: 'issue' })
    expect(await shown()).toEqual([1, 2, 3, 4].map((seq) => [seq, 'issue']))
    expect([audit.notices, asides()]).toEqual([[], []])
    await audit.close()
  })

  it('keeps half a foreign line, and starts a new one after it', async () => {
    await (await begin()).close()
    const before = content()
    appendFileSync(file, 'half a li')
    const audit = open()
    expect(content()).toBe(`${before}half a li\n`)
    await audit.close()
  })

  const lines = Array.from({ length: 3 }, (_, n) => ({
    ...{ seq: n + 1, time: '2026-01-01T00:00:00.000Z', event: 'issue' },
  }))
  const asText = lines.map((line) => JSON.stringify(line))

  it.each([
    ['without line feeds', `${asText.join('\r')}\r`, 4],
    ['of somebody else', 'no line\n'.repeat(50_000), 1],
    ['of one endless line', 'x'.repeat(3_000_000), 1],
    ['with an endless line behind the others', `${asText.join('\n')}\n${'x'.repeat(270_000)}`, 4],
    ['of zeros', '\0'.repeat(300), 1],
  ])('is kept under another name where it is one %s, and says so', async (_, written, next) => {
    writeFileSync(file, written)
    const audit = open()
    const [aside = ''] = asides()
    expect(readFileSync(path.join(folder, aside), 'utf8')).toBe(written)
    expect(audit.notices).toEqual([expect.stringMatching(/could not be read.*was kept as /)])
    expect(audit.notices[0]).toContain(path.join(folder, aside))
    await audit.record({ event: 'issue' })
    expect(await shown()).toEqual([
      ...(next > 1 ? [['lines_missing', 1, next - 1]] : []),
      [next, 'record_resumed', `Its file could not be read, and was kept as ${aside}.`],
      [next + 1, 'issue'],
    ])
    await audit.close()
    // As long as it exists.
    const later = open()
    expect(later.notices).toEqual([expect.stringContaining(path.join(folder, aside))])
    await later.close()
    expect(asides()).toEqual([aside])
    rmSync(path.join(folder, aside))
    const last = open()
    expect(last.notices).toEqual([])
    await last.close()
  })

  it('keeps counting after foreign content of any length', async () => {
    for (const kilobytes of [10, 70, 120, 200]) {
      rmSync(folder, { recursive: true })
      await (await begin()).close()
      appendFileSync(file, `${'x'.repeat(99)}\n`.repeat(kilobytes * 10))
      const audit = open()
      await audit.record({ event: 'lock' })
      const { lines } = await readActivity(folder, { limit: 1 })
      // A line before it reports that, if it was too much.
      expect(lines).toMatchObject([{ seq: audit.notices.length > 0 ? 5 : 4, event: 'lock' }])
      await audit.close()
    }
  })

  it('is continued if it is empty or blank', async () => {
    for (const blank of ['', '\n', '  ']) {
      writeFileSync(file, blank)
      const audit = open()
      expect([audit.notices, existsSync(file)]).toEqual([[], true])
      await audit.close()
    }
  })
})
