import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import Store from 'electron-store'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ConfOptions, openSettings } from '../../main/settings/conf-settings.ts'
import {
  type AccountRecord,
  type ClientRecord,
  defaultSettings,
  type Settings,
} from '../../main/settings/schema.ts'
import { version } from '../../package.json' with { type: 'json' }
import { FakeClock } from '../helpers/fake-clock.ts'
import { prlimit, withFileLimit } from '../helpers/file-limit.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import { describeWith } from '../helpers/needs.ts'

const account = (name: string): AccountRecord => ({
  uid: 'a'.repeat(16),
  provider: 'sftpgo',
  name,
  label: 'alice at files.example.com',
  values: { url: 'https://files.example.com' },
  leaseKind: 'shared',
  leaseSeconds: 900,
  state: 'signed_in',
  needsCode: false,
  createdAt: 1,
})

const client = (name: string): ClientRecord => ({
  ...{ id: name, name, secretHash: 'a'.repeat(64), createdAt: 1 },
})

const withPort =
  (port: number) =>
  (settings: Settings): Settings => ({ ...settings, port })

const makers = [
  ['conf', undefined],
  [
    'electron-store',
    ({ configName, ...options }: ConfOptions) =>
      new Store<Settings>({ ...options, name: configName }),
  ],
] as const

describe.each(makers)('settings over %s', (_, createConf) => {
  let folder: string
  const open = () =>
    openSettings({ folder, clock: new FakeClock(), ...(createConf && { createConf }) })
  const file = () => path.join(folder, 'settings.json')
  const changes = () => path.join(folder, 'settings.json.changes')
  const others = () => readdirSync(folder).filter((name) => name !== 'settings.json')

  beforeEach(() => {
    folder = makeTestFolder('settings')
  })

  it('are the defaults if there is no file, and create none when read', () => {
    const settings = open()
    expect(settings.read()).toEqual(defaultSettings)
    expect(settings.notices).toEqual([])
    expect(readdirSync(folder)).toEqual([])
  })

  it('are on disk when update returns, readable only by their owner', () => {
    open().update((settings) => ({ ...settings, accounts: [account('alice')], port: 4711 }))
    // Checked before the next open, which would remove excess permissions.
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(open().read()).toEqual({ ...defaultSettings, accounts: [account('alice')], port: 4711 })
    expect(others()).toEqual([])
  })

  it('remove the permissions of others from an existing file', () => {
    writeFileSync(file(), JSON.stringify(defaultSettings))
    chmodSync(file(), 0o644)
    open()
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it('can only be changed by update', () => {
    const settings = open()
    settings.update((old) => ({ ...old, accounts: [account('alice')] }))
    const read = settings.read()
    expect(() => Object.assign(read, { port: 1 })).toThrow(TypeError)
    expect(() => Object.assign(read.accounts[0] ?? {}, { name: 'b' })).toThrow(TypeError)
    expect(() => read.accounts.push(account('b'))).toThrow(TypeError)
    settings.update(withPort(4711))
    expect(read.port).toBeNull()
  })

  it('write nothing when nothing changes', () => {
    open().update((settings) => settings)
    expect(readdirSync(folder)).toEqual([])
  })

  it('reject a change that violates the schema, and stay unchanged', () => {
    const settings = open()
    settings.update(withPort(4711))
    expect(() => settings.update(withPort(70_000))).toThrow()
    expect(settings.read().port).toBe(4711)
    expect(open().read().port).toBe(4711)
  })

  it.each([
    ['that is not JSON', '{"version":1,'],
    ['that is empty', ''],
    ['that is JSON of another kind', '[1,2,3]'],
    ['not of the schema', JSON.stringify({ ...defaultSettings, port: 'high' })],
    [
      'with an overlong label',
      JSON.stringify({
        ...defaultSettings,
        accounts: [{ ...account('alice'), label: 'a'.repeat(5_001) }],
      }),
    ],
  ])('set a file %s aside, say so, and use the defaults', (_name, content) => {
    writeFileSync(file(), content)
    const settings = open()
    expect(settings.read()).toEqual(defaultSettings)
    const [aside] = others()
    expect(aside).toBe('settings.json.unreadable-20260101T000000Z')
    expect(settings.notices).toEqual([expect.stringContaining(path.join(folder, aside ?? ''))])
    expect(readFileSync(path.join(folder, aside ?? ''), 'utf8')).toBe(content)
    settings.update(withPort(4711))
    expect(open().read().port).toBe(4711)
  })

  it('report at every start that a file was set aside, until it is deleted', () => {
    writeFileSync(file(), 'broken')
    open().update(withPort(4711))
    const aside = path.join(folder, 'settings.json.unreadable-20260101T000000Z')
    for (const settings of [open(), open()]) {
      expect(settings.notices).toEqual([expect.stringContaining(aside)])
    }
    rmSync(aside)
    expect(open().notices).toEqual([])
  })

  it.each([
    ['of a newer version', { version: 2, accounts: 'in another way' }, 'a newer Tokentray'],
    ['that names its writer', { version: 9, writtenBy: '4.5.6' }, 'Tokentray 4.5.6'],
    ['with a member of a later one', { ...defaultSettings, extra: 1 }, 'a newer Tokentray'],
    [
      'of this version with a value of a later one',
      { ...defaultSettings, writtenBy: '999.0.0', locked: 'by hand' },
      'Tokentray 999.0.0',
    ],
  ])('are left as they are %s, and nothing starts', (_name, stored, writer) => {
    const content = JSON.stringify(stored)
    for (const name of ['settings.json', 'settings.json.before']) {
      folder = makeTestFolder('settings')
      writeFileSync(path.join(folder, name), content, { mode: 0o640 })
      writeFileSync(`${file()}.tmp-1`, 'of the other one')
      const before = readdirSync(folder)
      expect(open).toThrow(
        expect.objectContaining({
          code: 'newer_version',
          message: expect.stringContaining(writer),
        }),
      )
      expect(readdirSync(folder)).toEqual(before)
    }
  })

  it.each([
    ['UTF-8', Buffer.from(`\uFEFF${JSON.stringify(withPort(4711)(defaultSettings))}\r\n\t `)],
    ['UTF-16', Buffer.from(`\uFEFF${JSON.stringify(withPort(4711)(defaultSettings))}`, 'utf16le')],
    [
      'UTF-16, big-endian',
      Buffer.from(`\uFEFF${JSON.stringify(withPort(4711)(defaultSettings))}`, 'utf16le').swap16(),
    ],
  ])('are read from a file with a byte order mark, in %s', (_name, bytes) => {
    writeFileSync(file(), bytes)
    const settings = open()
    expect(settings.read().port).toBe(4711)
    expect(settings.notices).toEqual([])
    settings.update(withPort(4712))
    expect(open().read().port).toBe(4712)
    expect(others()).toEqual([])
  })

  it('name the version that wrote them in their file', () => {
    open().update(withPort(4711))
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({
      version: 1,
      writtenBy: version,
    })
  })

  it('are not recreated through a dangling link, and create no target for it', () => {
    const away = path.join(makeTestFolder('away'), 'below', 'settings.json')
    symlinkSync(away, file())
    expect(open).toThrow(
      expect.objectContaining({
        code: 'record_unavailable',
        message: `${file()} is a link to ${away}, which does not exist.`,
      }),
    )
    expect(existsSync(path.dirname(away))).toBe(false)
    expect(readdirSync(folder)).toEqual(['settings.json'])
  })

  it('stay where a link points, whole or unchanged', async () => {
    const away = path.join(makeTestFolder('away'), 'mine.json')
    writeFileSync(away, JSON.stringify(withPort(4711)(defaultSettings)), { mode: 0o600 })
    symlinkSync(away, file())
    const settings = open()
    expect(settings.read().port).toBe(4711)
    settings.update(withPort(4712))
    settings.close()
    expect(readlinkSync(file())).toBe(away)
    expect(JSON.parse(readFileSync(away, 'utf8'))).toMatchObject({ port: 4712 })
    expect(others()).toEqual([])
    expect(readdirSync(path.dirname(away))).toEqual(['mine.json'])
  })

  it('keep the mode of the file that a link points to', () => {
    const away = path.join(makeTestFolder('away'), 'mine.json')
    writeFileSync(away, JSON.stringify(defaultSettings))
    chmodSync(away, 0o644)
    symlinkSync(away, file())
    const settings = open()
    expect(statSync(away).mode & 0o777).toBe(0o644)
    settings.update(withPort(4712))
    settings.close()
    expect(statSync(away).mode & 0o777).toBe(0o644)
    expect(JSON.parse(readFileSync(away, 'utf8'))).toMatchObject({ port: 4712 })
  })

  it('neither move nor change the target of a link if it does not hold settings', () => {
    const away = path.join(makeTestFolder('away'), 'notes.txt')
    writeFileSync(away, 'something else', { mode: 0o644 })
    symlinkSync(away, file())
    expect(open).toThrow(
      expect.objectContaining({
        code: 'record_unavailable',
        message: `${file()} is a link to ${away}, which does not contain Tokentray settings.`,
      }),
    )
    expect(readFileSync(away, 'utf8')).toBe('something else')
    expect(statSync(away).mode & 0o777).toBe(0o644)
    expect(readdirSync(path.dirname(away))).toEqual(['notes.txt'])
    expect(readlinkSync(file())).toBe(away)
  })

  it.each([
    ['a folder where everybody may write', (away: string) => chmodSync(path.dirname(away), 0o777)],
    ['a file that everybody may write', (away: string) => chmodSync(away, 0o666)],
    [
      'no file',
      (away: string) => {
        rmSync(away)
        mkdirSync(away)
      },
    ],
  ])('are not taken from %s behind a link', (_what, spoil) => {
    const away = path.join(makeTestFolder('away'), 'mine.json')
    writeFileSync(away, JSON.stringify(defaultSettings))
    spoil(away)
    symlinkSync(away, file())
    expect(open).toThrow(expect.objectContaining({ code: 'record_unavailable' }))
  })

  it('overwrite no file that was set aside earlier', () => {
    for (const content of ['first', 'second', 'third']) {
      writeFileSync(file(), content)
      open()
    }
    const kept = others().map((name) => readFileSync(path.join(folder, name), 'utf8'))
    expect(kept.sort()).toEqual(['first', 'second', 'third'])
  })

  it('throw record_unavailable if the folder cannot be created', () => {
    writeFileSync(file(), 'a file')
    folder = path.join(file(), 'below')
    expect(open).toThrow(expect.objectContaining({ code: 'record_unavailable' }))
  })

  it('fall back to the previous version if a crash left half of the next', () => {
    open().update(withPort(4711))
    const whole = readFileSync(file(), 'utf8')
    // It is complete without its final newline.
    for (let length = 0; length < whole.trimEnd().length; length += 7) {
      folder = makeTestFolder('settings')
      writeFileSync(`${file()}.before`, whole)
      writeFileSync(file(), whole.slice(0, length).replace('4711', '4712'))
      const settings = open()
      expect(settings.read().port).toBe(4711)
      expect(settings.notices).toHaveLength(1)
    }
  })

  it('keep a complete file if a crash left the previous version beside it', () => {
    open().update(withPort(4711))
    linkSync(file(), `${file()}.before`)
    const settings = open()
    expect(settings.read().port).toBe(4711)
    expect(settings.notices).toEqual([])
    settings.update(withPort(4712))
    expect(open().read().port).toBe(4712)
    expect(others()).toEqual([])
  })

  it('write only what changed, and one file at the end', () => {
    const accounts = Array.from({ length: 1_000 }, (_, index) => ({
      ...account(`user${index}`),
      uid: `account${String(index).padStart(12, '0')}`,
    }))
    const grants = accounts.flatMap(({ uid }) =>
      Array.from({ length: 10 }, (_, index) => ({
        ...{ client: `c${index}`, account: uid, until: null },
      })),
    )
    const settings = open()
    settings.update((old) => ({ ...old, accounts, grants }))
    const before = statSync(file(), { bigint: true })
    const [, second] = settings.read().accounts
    settings.update((old) => ({
      ...old,
      accounts: old.accounts.map((each, at) => (at === 500 ? { ...each, name: 'other' } : each)),
    }))
    settings.update((old) => ({ ...old, grants: old.grants.filter((_, at) => at !== 7_000) }))
    expect(statSync(changes()).size).toBeLessThan(1_000)
    expect(statSync(file(), { bigint: true })).toMatchObject({ ino: before.ino, size: before.size })
    expect(settings.read().accounts[1]).toBe(second)
    expect(settings.read()).toMatchObject({
      accounts: accounts.map((each, at) => (at === 500 ? { ...each, name: 'other' } : each)),
      grants: grants.filter((_, at) => at !== 7_000),
    })
    settings.close()
    expect(others()).toEqual([])
    expect(open().read()).toEqual(settings.read())
  })

  it('are those of the last change that a kill left complete', () => {
    const settings = open()
    settings.update(withPort(4711))
    const steps = [
      (old: Settings) => ({ ...old, accounts: [account('alice')] }),
      (old: Settings) => ({ ...old, locked: true, keychain: ['credential/a'] }),
      (old: Settings) => ({ ...old, accounts: [], keychain: [] }),
    ]
    const states = [settings.read()]
    const ends = [0]
    for (const step of steps) {
      settings.update(step)
      states.push(settings.read())
      ends.push(statSync(changes()).size)
    }
    const whole = readFileSync(file())
    const lines = readFileSync(changes())
    for (let length = 0; length <= lines.length; length += 1) {
      folder = makeTestFolder('settings')
      writeFileSync(file(), whole)
      writeFileSync(changes(), lines.subarray(0, length))
      const found = open()
      expect(found.read()).toEqual(states[ends.filter((end) => end <= length).length - 1])
      expect(found.notices).toEqual([])
      expect(others()).toEqual([])
    }
  })

  it('are the same if a kill left changes beside a file that already has them', () => {
    const settings = open()
    settings.update((old) => ({ ...old, accounts: [account('alice')], port: 4711 }))
    settings.update((old) => ({ ...old, accounts: [] }))
    settings.update((old) => ({ ...old, accounts: [account('bob')], port: 4712 }))
    const lines = readFileSync(changes())
    settings.close()
    writeFileSync(changes(), lines)
    expect(open().read()).toEqual(settings.read())
    expect(others()).toEqual([])
  })

  it('apply no changes older than the file, as from a backup, but keep them and report it', () => {
    const settings = open()
    settings.update((old) => ({ ...old, clients: [client('removed')], port: 4711 }))
    settings.update((old) => ({ ...old, locked: true }))
    const lines = readFileSync(changes())
    settings.close()
    const later = open()
    later.update((old) => ({ ...old, clients: [] }))
    later.close()
    writeFileSync(changes(), lines.toString().replace('"locked":true', '"locked":false'))
    const found = open()
    expect(found.read()).toEqual(later.read())
    expect(others()).toEqual(['settings.json.changes.unreadable-20260101T000000Z'])
    expect(found.notices.join()).toContain('settings.json.changes.unreadable-')
    found.update(withPort(4712))
    expect(open().read()).toEqual(found.read())
  })

  it.each(['', '{"ver', '{"version":1,"writtenBy":"0.'])(
    'report nothing for changes interrupted while their file was being created: %s',
    (begun) => {
      const settings = open()
      settings.update(withPort(4710))
      settings.update(withPort(4711))
      settings.close()
      writeFileSync(changes(), begun)
      const found = open()
      expect(found.notices).toEqual([])
      expect(found.read()).toEqual(withPort(4711)(defaultSettings))
      found.update(withPort(4712))
      expect(open().read()).toEqual(found.read())
      expect(others()).toEqual([])
    },
  )

  it('are rewritten if their file was replaced or deleted meanwhile', () => {
    const settings = open()
    settings.update((old) => ({ ...old, clients: [client('removed')] }))
    const early = readFileSync(file())
    settings.update((old) => ({ ...old, clients: [] }))
    settings.close()
    const later = open()
    later.update(withPort(4711))
    // Next to it first: a new file may reuse the inode of a deleted one.
    writeFileSync(`${file()}.backup`, early)
    renameSync(`${file()}.backup`, file())
    later.update(withPort(4712))
    // Killed here.
    const found = open()
    expect(found.read()).toEqual(withPort(4712)(defaultSettings))
    found.update(withPort(4713))
    rmSync(file())
    mkdirSync(file())
    expect(() => found.update(withPort(4714))).toThrow()
    rmdirSync(file())
    found.update(withPort(4714))
    expect(open().read().port).toBe(4714)
  })

  it('keep a foreign line in place of changes', () => {
    open().update(withPort(4711))
    writeFileSync(changes(), 'mine')
    expect(open().notices.join()).toContain('settings.json.changes.unreadable-')
  })

  it('apply changes that follow a later file than the existing one', () => {
    const settings = open()
    settings.update(withPort(4711))
    const early = readFileSync(file())
    settings.update((old) => ({ ...old, accounts: [account('alice')] }))
    settings.close()
    const later = open()
    later.update((old) => ({ ...old, locked: true }))
    writeFileSync(file(), early)
    const found = open()
    expect(found.read()).toEqual({ ...withPort(4711)(defaultSettings), locked: true })
    found.update(withPort(4712))
    expect(open().read()).toEqual(found.read())
  })

  it('append nothing to earlier changes that are restored while they are open', () => {
    const settings = open()
    settings.update(withPort(4711))
    settings.update((old) => ({ ...old, clients: [client('removed')] }))
    const lines = readFileSync(changes())
    settings.update((old) => ({ ...old, clients: [] }))
    settings.close()
    const later = open()
    writeFileSync(changes(), lines)
    // Once only: a second change would notice what the first one did.
    later.update((old) => ({ ...old, locked: true }))
    const found = open()
    expect(found.read()).toEqual(later.read())
    expect(found.read()).toMatchObject({ clients: [], locked: true, port: 4711 })
    expect(found.notices).toEqual([])
  })

  it('continue if a file was deleted', () => {
    const move = (taken: string) => renameSync(taken, `${taken}.moved`)
    for (const [take, taken] of [
      [rmSync, file],
      [rmSync, changes],
      [move, changes],
    ] as const) {
      folder = makeTestFolder('settings')
      const settings = open()
      settings.update(withPort(4711))
      settings.update((old) => ({ ...old, locked: true }))
      take(taken())
      settings.update((old) => ({ ...old, locked: false, accounts: [account('alice')] }))
      expect(open().read()).toEqual(settings.read())
      expect(settings.read()).toMatchObject({ port: 4711, locked: false })
    }
  })

  it('are left to another process that has taken them over', () => {
    const settings = open()
    settings.update(withPort(4711))
    settings.update(withPort(4712))
    const other = open()
    other.update(withPort(4713))
    settings.close({ isOurs: false })
    expect(() => settings.update(withPort(4714))).toThrow()
    expect(open().read().port).toBe(4713)
  })

  it.each([
    ['that are spoiled', (lines: string) => lines.replace('"locked":true', '"locked":"by hand"')],
    ['with a header that is none', (lines: string) => lines.replace('{"version":1', '{"v":1')],
    ['run together', (lines: string) => lines.replaceAll('\n', '\r')],
  ])('keep changes %s under another name, say so, and use what was before', (_what, spoil) => {
    const settings = open()
    settings.update(withPort(4711))
    settings.update((old) => ({ ...old, locked: true }))
    settings.update(withPort(4712))
    writeFileSync(changes(), spoil(readFileSync(changes(), 'utf8')))
    const [found, later] = [open(), open()]
    expect([found.read(), later.read()]).toEqual([withPort(4711)(defaultSettings), found.read()])
    const [aside] = others()
    expect(aside).toBe('settings.json.changes.unreadable-20260101T000000Z')
    for (const { notices } of [found, later]) {
      expect(notices).toEqual([expect.stringContaining(path.join(folder, aside ?? ''))])
    }
  })

  it.each([
    ['are not there', () => rmSync(file())],
    ['cannot be read', () => writeFileSync(file(), 'broken')],
  ])('keep changes under another name whose settings %s', (_what, spoil) => {
    const settings = open()
    settings.update((old) => ({ ...old, accounts: [account('alice')] }))
    settings.update(withPort(4711))
    spoil()
    const found = open()
    expect(found.read()).toEqual(defaultSettings)
    expect(others()).toContain('settings.json.changes.unreadable-20260101T000000Z')
    expect(found.notices.join()).toContain('settings.json.changes.unreadable-')
  })

  it.each([
    ['of a newer version', '{"version":2}\n{"what":1}\n'],
    ['with a member of a later one', '{"version":1,"writtenBy":"999.0.0"}\n{"what":1}\n'],
  ])('are left as they are beside changes %s, and nothing starts', (_name, content) => {
    open().update(withPort(4711))
    writeFileSync(changes(), content, { mode: 0o640 })
    expect(open).toThrow(expect.objectContaining({ code: 'newer_version' }))
    expect([readFileSync(changes(), 'utf8'), others()]).toEqual([
      content,
      ['settings.json.changes'],
    ])
  })

  it('write no changes through a link', () => {
    const settings = open()
    settings.update(withPort(4711))
    const away = path.join(makeTestFolder('away'), 'mine')
    writeFileSync(away, 'mine')
    symlinkSync(away, changes())
    expect(() => settings.update(withPort(4712))).toThrow(
      expect.objectContaining({ code: 'record_unavailable' }),
    )
    expect(open).toThrow(expect.objectContaining({ code: 'record_unavailable' }))
    expect(readFileSync(away, 'utf8')).toBe('mine')
  })

  const refuseInTheWay = (make: (place: string) => void) => {
    for (const place of [file(), `${file()}.before`, changes()]) {
      make(place)
      expect(open).toThrow(
        expect.objectContaining({
          code: 'record_unavailable',
          message: `${place} is not a regular file.`,
        }),
      )
      rmSync(place, { recursive: true })
    }
    open().update(withPort(4711))
  }

  it('report a folder in place of a file', () => {
    refuseInTheWay((place) => mkdirSync(place))
  })

  it('do not block on a pipe in place of a file', () => {
    refuseInTheWay((place) => execFileSync('mkfifo', [place]))
  })

  describeWith([prlimit], 'on a full disk', () => {
    it('throw record_unavailable, and nothing has changed, on disk or in memory', async () => {
      const settings = open()
      settings.update((old) => ({ ...old, port: 4711, accounts: [account('alice')] }))
      settings.update((old) => ({ ...old, locked: true }))
      const before = [file(), changes()].map((each) => readFileSync(each, 'utf8'))
      await withFileLimit((before[1]?.length ?? 0) + 20, () => {
        for (const name of ['bob', 'carol']) {
          expect(() =>
            settings.update((old) => ({ ...old, accounts: [...old.accounts, account(name)] })),
          ).toThrow(expect.objectContaining({ code: 'record_unavailable' }))
        }
      })
      expect([file(), changes()].map((each) => readFileSync(each, 'utf8'))).toEqual(before)
      expect(settings.read().accounts).toHaveLength(1)
      settings.update(withPort(4712))
      expect(open().read()).toEqual(settings.read())
      expect(others()).toEqual([])
    })

    it('are read from two files if there is no room to merge them, and continue', async () => {
      const settings = open()
      settings.update((old) => ({ ...old, port: 4711, accounts: [account('alice')] }))
      settings.update((old) => ({ ...old, locked: true }))
      const before = readFileSync(file(), 'utf8')
      await withFileLimit(before.length - 20, () => {
        settings.close()
        const next = open()
        expect(next.read()).toMatchObject({ port: 4711, locked: true })
        next.update(withPort(4712))
      })
      expect(readFileSync(file(), 'utf8')).toBe(before)
      expect(open().read()).toMatchObject({ port: 4712, locked: true })
      expect(others()).toEqual([])
    })

    it('throw record_unavailable if the readable part of damaged changes cannot be stored', async () => {
      const settings = open()
      settings.update((old) => ({ ...old, port: 4711, accounts: [account('alice')] }))
      settings.update((old) => ({ ...old, locked: true }))
      writeFileSync(changes(), `${readFileSync(changes(), 'utf8')}spoiled\n`)
      const before = readFileSync(file(), 'utf8')
      await withFileLimit(before.length - 20, () => {
        expect(open).toThrow(expect.objectContaining({ code: 'record_unavailable' }))
      })
      expect(readFileSync(file(), 'utf8')).toBe(before)
      expect(open().read()).toMatchObject({ port: 4711, locked: true })
    })

    it('leave nothing behind when not one byte can be written', async () => {
      const settings = open()
      settings.update(withPort(4711))
      await withFileLimit(0, () => {
        expect(() => settings.update(withPort(4712))).toThrow(
          expect.objectContaining({ code: 'record_unavailable' }),
        )
      })
      expect(readdirSync(folder)).toEqual(['settings.json'])
      expect(open().read().port).toBe(4711)
    })

    it('leave no file behind if the very first cannot be written', async () => {
      const settings = open()
      await withFileLimit(10, () => {
        expect(() => settings.update(withPort(4711))).toThrow(
          expect.objectContaining({ code: 'record_unavailable' }),
        )
      })
      expect(readdirSync(folder)).toEqual([])
      expect(settings.read()).toEqual(defaultSettings)
    })
  })
})
