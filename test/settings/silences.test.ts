import { execFileSync } from 'node:child_process'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { openSilences } from '../../main/settings/silences.ts'
import { FakeClock } from '../helpers/fake-clock.ts'

const silence = {
  ...{ host: 'files.example.com', provider: 'sftpgo', sentence: 'It has blocked this computer' },
  ...{ hint: 'Wait.', since: 1_000, until: 2_000 },
}

describe('the file of silent hosts', () => {
  let folder: string
  const file = () => path.join(folder, 'silent-hosts.json')
  const open = () => openSilences(folder, new FakeClock())
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tokentray-silences-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is empty if there is none, and holds what was written last', () => {
    expect(open().read()).toEqual([])
    open().write([silence])
    expect(open().read()).toEqual([silence])
    open().write([])
    expect(open().read()).toEqual([])
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['silent-hosts.json'])
  })

  it('is set aside if it cannot be read', () => {
    writeFileSync(file(), '{"silences":[{}]}')
    expect(open().read()).toEqual([])
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^silent-hosts\.json\.unreadable-/)])
  })

  it('is not read through a link, and replaces one', () => {
    const elsewhere = path.join(folder, 'elsewhere')
    writeFileSync(elsewhere, JSON.stringify({ version: 1, silences: [silence] }))
    symlinkSync(elsewhere, file())
    expect(open().read()).toEqual([])
    open().write([{ ...silence, until: 3_000 }])
    expect(open().read()).toEqual([{ ...silence, until: 3_000 }])
    expect(JSON.parse(readFileSync(elsewhere, 'utf8')).silences).toEqual([silence])
  })

  it('always stays readable, despite too many hosts or an overlong text', () => {
    const many = Array.from({ length: 1_200 }, (_, index) => {
      return { ...silence, host: `h${index}.example.com`, until: 2_000 + index }
    })
    const long = { ...silence, sentence: 'x'.repeat(1_001) }
    open().write([long, ...many])
    expect(open().read()).toEqual(many.slice(200).reverse())
    expect(readdirSync(folder)).toEqual(['silent-hosts.json'])
  })

  it('does not block on a pipe in its place', () => {
    execFileSync('mkfifo', [file()])
    expect(open().read()).toEqual([])
    open().write([silence])
    expect(open().read()).toEqual([silence])
  })

  it('states its version', () => {
    open().write([silence])
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ version: 1 })
  })

  it('is set aside if it holds more than it ever can', () => {
    const long = { ...silence, sentence: 'x'.repeat(1_001) }
    for (const silences of [[long], Array.from({ length: 1_001 }, () => silence)]) {
      writeFileSync(file(), JSON.stringify({ version: 1, silences }))
      expect(open().read()).toEqual([])
    }
  })

  it('accepts what a later version has added', () => {
    writeFileSync(file(), JSON.stringify({ silences: [{ ...silence, more: 1 }], version: 2 }))
    expect(open().read()).toEqual([silence])
  })

  it('does not write through a link', () => {
    const target = path.join(folder, 'target')
    writeFileSync(target, 'theirs')
    symlinkSync(target, file())
    open().write([silence])
    expect(readFileSync(target, 'utf8')).toBe('theirs')
    symlinkSync(target, `${file()}.new`)
    expect(() => open().write([])).toThrow(TokentrayError)
    expect(readFileSync(target, 'utf8')).toBe('theirs')
  })
})
