import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  AppendFile,
  DISK_DEADLINE_MS,
  openForAppending,
} from '../../../main/base/files/append-file.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { prlimit, withFileLimit } from '../../helpers/file-limit.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { anotherUser, describeWith } from '../../helpers/needs.ts'

const unavailable = { code: 'record_unavailable' }

describe.each(['kernel', 'disk'] as const)('a file of lines, written to the %s', (durability) => {
  let file: string
  const open = (beforeGroup?: () => readonly string[]) =>
    new AppendFile<string>({
      path: file,
      durability,
      firstNumber: 1,
      toLine: (item, number) => `${number} ${item}`,
      clock: new FakeClock(),
      ...(beforeGroup && { beforeGroup }),
    })
  const content = () => readFileSync(file, 'utf8')

  beforeEach(() => {
    file = path.join(makeTestFolder('lines'), 'lines')
  })

  it('contains a line when append resolves, and is readable by its owner only', async () => {
    const lines = open()
    await lines.append('first')
    expect(content()).toBe('1 first\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await lines.close()
  })

  it('keeps the order of a thousand lines from many callers', async () => {
    const lines = open()
    const items = Array.from({ length: 1_000 }, (_, n) => `item ${n}`)
    await Promise.all(items.map((item) => lines.append(item)))
    expect(content()).toBe(items.map((item, n) => `${n + 1} ${item}\n`).join(''))
    expect(lines.size).toBe(content().length)
    await lines.close()
  })

  it('writes what arrives in one turn, or during a write, as one group', async () => {
    let groups = 0
    const lines = open(() => {
      groups += 1
      return []
    })
    const first = Promise.all([lines.append('a'), lines.append('b')])
    const second = first.then(() => Promise.all([lines.append('c'), lines.append('d')]))
    await second
    expect(groups).toBe(2)
    await lines.close()
  })

  it('drops an incomplete line when it is opened', async () => {
    writeFileSync(file, '1 whole\n2 tor')
    const lines = open()
    await lines.append('next')
    expect(content()).toBe('1 whole\n1 next\n')
    await lines.close()
  })

  it('finds the last complete line before a very long incomplete one', async () => {
    writeFileSync(file, `1 whole\n${'x'.repeat(200_000)}`)
    await open().close()
    expect(content()).toBe('1 whole\n')
  })

  it('starts a new line after half a line that another program has written', async () => {
    const lines = open()
    await lines.append('ours')
    appendFileSync(file, 'half a li')
    await lines.append('next')
    appendFileSync(file, 'a whole line\n')
    await lines.append('last')
    expect(content()).toBe('1 ours\nhalf a li\n2 next\na whole line\n3 last\n')
    expect(lines.size).toBe(content().length)
    await lines.close()
  })

  it('starts a new line where another program has truncated one', async () => {
    const lines = open()
    await lines.append('ours')
    truncateSync(file, 4)
    await lines.append('next')
    expect(content()).toBe('1 ou\n2 next\n')
    await lines.close()
  })

  it('removes the access of other users to an existing file', async () => {
    writeFileSync(file, '1 whole\n')
    chmodSync(file, 0o644)
    await open().close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('refuses a symbolic link, and writes nothing through it', () => {
    const target = `${file}.target`
    writeFileSync(target, '')
    symlinkSync(target, file)
    expect(open).toThrow(expect.objectContaining(unavailable))
    expect(readFileSync(target, 'utf8')).toBe('')
  })

  it('refuses a path in a folder that does not exist', () => {
    file = path.join(file, 'nowhere')
    expect(open).toThrow(expect.objectContaining(unavailable))
  })

  it('writes pending lines when it is closed, and refuses later ones', async () => {
    const lines = open()
    const waiting = lines.append('waiting')
    await lines.close()
    await waiting
    expect(content()).toBe('1 waiting\n')
    await expect(lines.append('late')).rejects.toMatchObject(unavailable)
    await lines.close()
  })

  it('fails exactly one group when its preparation fails', async () => {
    let failing = true
    const lines = open(() => {
      if (failing) throw new Error('no')
      return []
    })
    const group = [lines.append('a'), lines.append('b')]
    for (const line of group) await expect(line).rejects.toMatchObject(unavailable)
    failing = false
    await lines.append('c')
    expect(content()).toBe('1 c\n')
    await lines.close()
  })

  describeWith([prlimit], 'when the disk is full', () => {
    it('leaves no part of a failed line, and reuses its number', async () => {
      const lines = open()
      await lines.append('before')
      await withFileLimit(40, async () => {
        const group = [lines.append('fits'), lines.append('x'.repeat(100))]
        for (const line of group) await expect(line).rejects.toMatchObject(unavailable)
        expect(content()).toBe('1 before\n')
        await lines.append('short')
      })
      await lines.append('after')
      expect(content()).toBe('1 before\n2 short\n3 after\n')
      expect(lines.size).toBe(content().length)
      await lines.close()
    })

    it('leaves no hole in a file that was truncated meanwhile', async () => {
      const lines = open()
      await lines.append('before')
      await lines.append('and more')
      truncateSync(file, 9)
      await withFileLimit(40, () =>
        expect(lines.append('x'.repeat(100))).rejects.toMatchObject(unavailable),
      )
      await lines.append('after')
      expect(content()).toBe('1 before\n3 after\n')
      await lines.close()
    })
  })

  it.skipIf(!existsSync('/dev/full'))('names the reason when nothing can be written', async () => {
    file = '/dev/full'
    const lines = open()
    await expect(lines.append('a')).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('ENOSPC'),
    })
    await lines.close()
  })
})

describeWith([anotherUser], 'a file of another user', () => {
  it('gets no line and stays unchanged', () => {
    const file = path.join(makeTestFolder('lines'), 'lines')
    writeFileSync(file, 'theirs\nhalf')
    chownSync(file, 65_534, 65_534)
    chmodSync(file, 0o666)
    expect(() => openForAppending(file)).toThrow('to another user')
    expect(readFileSync(file, 'utf8')).toBe('theirs\nhalf')
    expect(statSync(file).mode & 0o777).toBe(0o666)
  })
})

describe('a disk that fails', () => {
  it('removes every line that may be lost, and the lines after it', async () => {
    const file = path.join(makeTestFolder('lines'), 'lines')
    const syncs: { resolve: () => void; reject: (error: Error) => void }[] = []
    const lines = new AppendFile<string>({
      path: file,
      durability: 'disk',
      firstNumber: 1,
      toLine: (item, number) => `${number} ${item}`,
      clock: new FakeClock(),
      sync: () => new Promise((resolve, reject) => syncs.push({ resolve, reject })),
    })
    const kept = lines.append('kept')
    await expect.poll(() => syncs.length).toBe(1)
    syncs[0]?.resolve()
    await kept

    const lost = expect(lines.append('lost')).rejects.toMatchObject(unavailable)
    await expect.poll(() => syncs.length).toBe(2)
    const after = expect(lines.append('after')).rejects.toMatchObject(unavailable)
    await expect.poll(() => readFileSync(file, 'utf8')).toBe('1 kept\n2 lost\n3 after\n')
    syncs[1]?.reject(new Error('EIO'))
    await lost
    await after
    expect(readFileSync(file, 'utf8')).toBe('1 kept\n')

    const next = lines.append('next')
    await expect.poll(() => syncs.length).toBe(3)
    syncs[2]?.resolve()
    await next
    expect(readFileSync(file, 'utf8')).toBe('1 kept\n2 next\n')
    await lines.close()
  })

  it('writes a line at once while the disk is busy with earlier ones', async () => {
    const file = path.join(makeTestFolder('lines'), 'lines')
    const release: (() => void)[] = []
    const lines = new AppendFile<string>({
      path: file,
      durability: 'disk',
      firstNumber: 1,
      toLine: (item) => item,
      clock: new FakeClock(),
      sync: () => new Promise((resolve) => release.push(resolve)),
    })
    const first = lines.append('first')
    await expect.poll(() => release.length).toBe(1)
    const second = lines.append('second')
    await expect.poll(() => readFileSync(file, 'utf8')).toBe('first\nsecond\n')
    release[0]?.()
    await first
    await expect.poll(() => release.length).toBe(2)
    release[1]?.()
    await second
    await lines.close()
  })
})

describe('a disk that does not respond', () => {
  let file: string
  let clock: FakeClock
  let syncs: { resolve: () => void }[]
  let lines: AppendFile<string>
  const content = () => readFileSync(file, 'utf8')
  const slow = { ...unavailable, message: expect.stringContaining('The disk is too slow') }

  beforeEach(() => {
    file = path.join(makeTestFolder('lines'), 'lines')
    clock = new FakeClock()
    syncs = []
    lines = new AppendFile<string>({
      path: file,
      durability: 'disk',
      firstNumber: 1,
      toLine: (item, number) => `${number} ${item}`,
      sync: () => new Promise((resolve) => syncs.push({ resolve })),
      clock,
    })
  })

  it('delays no caller for long, and has every line once when it responds again', async () => {
    const first = expect(lines.append('first')).rejects.toMatchObject(slow)
    await expect.poll(() => syncs.length).toBe(1)
    const meanwhile = expect(lines.append('meanwhile')).rejects.toMatchObject(unavailable)
    await expect.poll(content).toBe('1 first\n2 meanwhile\n')
    await clock.advance(DISK_DEADLINE_MS)
    await first
    await meanwhile

    // No second call waits for the same disk: each would hold a thread.
    const later = expect(lines.append('later')).rejects.toMatchObject(slow)
    await clock.advance(DISK_DEADLINE_MS)
    await later
    expect(syncs).toHaveLength(1)

    const again = [lines.append('first'), lines.append('later')]
    syncs[0]?.resolve()
    await expect.poll(() => syncs.length).toBe(2)
    expect(content()).toBe('1 first\n2 later\n')
    syncs[1]?.resolve()
    await Promise.all(again)
    expect(lines.nextNumber).toBe(3)
    await lines.close()
    expect(content()).toBe('1 first\n2 later\n')
  })

  it('keeps the lines that were on disk before', async () => {
    const kept = lines.append('kept')
    await expect.poll(() => syncs.length).toBe(1)
    syncs[0]?.resolve()
    await kept
    const lost = expect(lines.append('lost')).rejects.toMatchObject(slow)
    await expect.poll(() => syncs.length).toBe(2)
    await clock.advance(DISK_DEADLINE_MS)
    await lost
    syncs[1]?.resolve()
    const next = lines.append('next')
    await expect.poll(() => syncs.length).toBe(3)
    syncs[2]?.resolve()
    await next
    expect(content()).toBe('1 kept\n2 next\n')
    await lines.close()
  })

  it('delays closing the file no longer than a caller waits', async () => {
    const first = expect(lines.append('first')).rejects.toMatchObject(slow)
    await expect.poll(() => syncs.length).toBe(1)
    const closed = lines.close()
    await clock.advance(DISK_DEADLINE_MS)
    await first
    await closed
    syncs[0]?.resolve()
  })
})
