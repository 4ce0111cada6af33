import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLogFile, logFileIn } from '../../../main/base/files/log-file.ts'
import { bundleForNode } from '../../helpers/bundle.ts'
import { prlimit, withFileLimit } from '../../helpers/file-limit.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { anotherUser, describeWith } from '../../helpers/needs.ts'

let folder: string
let file: string
let older: string
beforeEach(() => {
  folder = path.join(makeTestFolder('log'), 'data')
  file = logFileIn(folder)
  older = path.join(folder, 'tokentray.1.log')
})

const content = (of = file) => readFileSync(of, 'utf8')

describe('the log file', () => {
  it('is created with its folder, for its user only, and grows by lines', () => {
    const write = createLogFile(folder)
    write('first\n')
    write('second\n')
    expect(content()).toBe('first\nsecond\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('is made inaccessible to other users', () => {
    const write = createLogFile(folder)
    write('first\n')
    chmodSync(file, 0o644)
    write('second\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('is rotated when it is full, and one older file is kept', () => {
    const write = createLogFile(folder, 20)
    for (const line of ['line 1 ..\n', 'line 2 ..\n', 'line 3 ..\n', 'line 4 ..\n', 'line 5 ..\n'])
      write(line)
    expect([content(older), content()]).toEqual(['line 3 ..\nline 4 ..\n', 'line 5 ..\n'])
  })

  it('accepts a line that is longer than the limit', () => {
    const write = createLogFile(folder, 20)
    const long = `${'x'.repeat(50)}\n`
    write('first\n')
    write(long)
    expect([content(older), content()]).toEqual(['first\n', long])
  })

  it('does not grow forever if it cannot be rotated', () => {
    const write = createLogFile(folder, 20)
    mkdirSync(path.join(older, 'in use'), { recursive: true })
    write('line 1 ..\n')
    write('line 2 ..\n')
    expect(() => write('line 3 ..\n')).toThrow()
    expect(content()).toBe('line 1 ..\nline 2 ..\n')
  })

  it('continues in a full file while another process rotates it, but not for one that was killed', () => {
    const write = createLogFile(folder, 20)
    write('line 1 ..\n')
    write('line 2 ..\n')
    const mark = `${file}.turning`
    writeFileSync(mark, '')
    write('line 3 ..\n')
    expect([existsSync(older), content().length]).toEqual([false, 30])
    utimesSync(mark, 0, 0)
    write('line 4 ..\n')
    write('line 5 ..\n')
    expect([content(older).length, content()]).toEqual([40, 'line 5 ..\n'])
    expect(existsSync(mark)).toBe(false)
  })

  it('starts a new line after half a line', () => {
    const write = createLogFile(folder)
    write('first\n{"msg":"cut o')
    write('second\n')
    expect(content()).toBe('first\n{"msg":"cut o\nsecond\n')
  })
})

describe('the log file is not written if its path is', () => {
  const write = () => createLogFile(folder)('secret of another file\n')
  beforeEach(() => mkdirSync(folder, { mode: 0o700 }))

  it('a link', () => {
    const target = path.join(makeTestFolder('elsewhere'), 'theirs')
    writeFileSync(target, 'theirs\n')
    symlinkSync(target, file)
    expect(write).toThrow()
    expect(content(target)).toBe('theirs\n')
  })

  it('a file with another hard link', () => {
    const target = path.join(folder, 'settings.json')
    writeFileSync(target, '{}\n')
    linkSync(target, file)
    expect(write).toThrow()
    expect(content(target)).toBe('{}\n')
  })

  it('a pipe, which does not block', () => {
    execFileSync('mkfifo', [file])
    expect(write).toThrow()
  })

  it('a folder', () => {
    mkdirSync(file)
    expect(write).toThrow()
  })
})

describeWith([anotherUser], 'the log file is not written where there is, of another user,', () => {
  it('a file', () => {
    mkdirSync(folder, { mode: 0o700 })
    writeFileSync(file, 'theirs\n')
    chownSync(file, 65_534, 65_534)
    expect(() => createLogFile(folder)('ours\n')).toThrow()
    expect(content()).toBe('theirs\n')
  })

  it('its folder', () => {
    mkdirSync(folder, { mode: 0o777 })
    chownSync(folder, 65_534, 65_534)
    expect(() => createLogFile(folder)('ours\n')).toThrow()
    expect(existsSync(file)).toBe(false)
  })
})

describeWith([prlimit], 'the log file on a disk that is full', () => {
  it('loses lines on a full disk, and continues with complete ones afterwards', async () => {
    const write = createLogFile(folder)
    write('before\n')
    await withFileLimit(10, () => {
      // The first line still fits, the next one does not.
      write('cut here\n')
      expect(() => write('lost\n')).toThrow()
    })
    write('after\n')
    expect(content()).toBe('before\ncut\nafter\n')
  })
})

describe('two processes with one log file', () => {
  it('write complete lines and lose none during a rotation', async () => {
    const program = await bundleForNode(path.join(import.meta.dirname, 'log-file-writer.ts'))
    // The file is rotated a few times; lines in a dropped older file cannot be checked.
    const [lines, bytes] = [3_000, 250_000]
    const writers = ['agent', 'app'].map((name) =>
      spawn(process.execPath, [program, folder, name, String(lines), String(bytes)], {
        stdio: 'inherit',
      }),
    )
    const codes = await Promise.all(writers.map(async (each) => (await once(each, 'exit'))[0]))
    expect(codes).toEqual([0, 0])
    const all = `${content(older)}${content()}`.split('\n').filter((line) => line !== '')
    const found = all.map((line) => JSON.parse(line) as { name: string; number: number })
    for (const writer of ['agent', 'app']) {
      const numbers = found.filter(({ name }) => name === writer).map(({ number }) => number)
      const [first = 0] = numbers
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => first + n))
      expect(numbers.at(-1)).toBe(lines)
    }
    expect(content(older).length).toBeGreaterThan(bytes / 2)
  })
})
