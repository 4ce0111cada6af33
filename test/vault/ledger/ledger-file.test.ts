import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { DISK_DEADLINE_MS } from '../../../main/base/files/append-file.ts'
import { Secret } from '../../../main/base/secret.ts'
import { GuardedVault } from '../../../main/vault/guarded-vault.ts'
import { checkLedger, LedgerFile, ledgerKeyName } from '../../../main/vault/ledger/ledger-file.ts'
import { parseLedgerKey, sealLine } from '../../../main/vault/ledger/ledger-format.ts'
import type { LedgerLine, LedgerPayload } from '../../../main/vault/ledger/ledger-store.ts'
import { createMemoryLedger } from '../../../main/vault/ledger/memory-ledger.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { prlimit, withFileLimit } from '../../helpers/file-limit.ts'
import { makeTestFolder, markedSecret } from '../../helpers/marks.ts'
import { describeWith } from '../../helpers/needs.ts'
import { LyingKeychain } from '../keychain/lying-keychain.ts'

const entry = (id: string): LedgerPayload => ({
  id,
  token: { value: markedSecret('token'), expiresAt: null },
})
const add = (id: string): LedgerLine => ({ op: 'add', entry: entry(id) })
const end = (id: string): LedgerLine => ({ op: 'end', id })

describe('the ledger file', () => {
  let folder: string
  let keychain: LyingKeychain

  beforeEach(() => {
    folder = makeTestFolder('ledger')
    keychain = new LyingKeychain()
  })

  const file = () => path.join(folder, 'ledger')
  const others = () => readdirSync(folder).filter((name) => name !== 'ledger')
  const create = () => {
    const clock = new FakeClock()
    return new LedgerFile(folder, new GuardedVault('memory', keychain, clock), clock)
  }
  const start = async () => {
    const ledger = create()
    return { ledger, ...(await ledger.load()) }
  }
  const idsOf = (entries: readonly LedgerPayload[]) => entries.map(({ id }) => id)
  /** The ledger as the next start finds it. */
  const reload = async () => {
    const { ledger, entries, notices } = await start()
    await ledger.close()
    return { ids: idsOf(entries), notices }
  }
  const lines = () => readFileSync(file(), 'utf8').split('\n').slice(0, -1)
  const writeLines = (all: readonly string[]) => writeFileSync(file(), `${all.join('\n')}\n`)
  const fill = async (...all: readonly LedgerLine[]) => {
    const { ledger } = await start()
    for (const line of all) await ledger.append([line])
    await ledger.close()
  }

  it.each([
    ['was removed', () => undefined],
    ['was replaced by a pipe', () => execFileSync('mkfifo', [file()])],
    ['was replaced by another file', () => writeFileSync(file(), 'theirs\n')],
  ])('is there again, whole, with the next line where it %s', async (_what, replace) => {
    const { ledger } = await start()
    await ledger.append([add('a'), add('b')])
    await ledger.append([end('a')])
    rmSync(file())
    replace()
    await Promise.all([ledger.append([add('c')]), ledger.append([add('d')])])
    await ledger.append([add('e')])
    // Not closed, as after a crash.
    expect((await reload()).ids).toEqual(['b', 'c', 'd', 'e'])
  })

  it('returns what was added and not ended, oldest first, after a restart', async () => {
    const { ledger, entries } = await start()
    expect(entries).toEqual([])
    const kept = [entry('b'), entry('a')]
    await ledger.append([{ op: 'add', entry: entry('ended') }])
    await ledger.append(kept.map((one) => ({ op: 'add', entry: one })))
    await ledger.append([end('ended'), end('never there')])
    // Not closed, as after a crash: once append has resolved, the line is in the file.
    const { entries: found, notices } = await start()
    expect(found).toEqual(kept)
    expect(notices).toEqual([])
    expect(ledger.lines).toBe(5)
  })

  it('replaces an entry that is added again', async () => {
    const later = entry('a')
    await fill(add('a'), add('b'), { op: 'add', entry: later })
    const { entries } = await start()
    expect(entries.at(-1)).toEqual(later)
    expect(idsOf(entries)).toEqual(['b', 'a'])
  })

  it('holds no token in clear in its file, which only its owner can read', async () => {
    const secret = entry('secret-id')
    await fill({ op: 'add', entry: secret })
    const text = readFileSync(file(), 'latin1')
    expect(text).not.toContain('ttmark')
    expect(text).not.toContain('secret-id')
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it('writes the same entry differently each time', async () => {
    const same = add('a')
    await fill(same, same)
    const [, first, second] = lines()
    expect(first?.split('.')[1]).not.toBe(second?.split('.')[1])
  })

  it('writes concurrent appends of many callers in a readable order', async () => {
    const { ledger } = await start()
    const ids = Array.from({ length: 200 }, (_, n) => `id-${n}`)
    await Promise.all(ids.map((id) => ledger.append([add(id)])))
    await ledger.close()
    expect((await reload()).ids).toEqual(ids)
  })

  it('appends nothing before it was loaded or after it was closed', async () => {
    const ledger = create()
    await expect(ledger.append([add('a')])).rejects.toMatchObject({ code: 'record_unavailable' })
    await ledger.load()
    await ledger.close()
    await expect(ledger.append([add('a')])).rejects.toMatchObject({ code: 'record_unavailable' })
    await expect(ledger.compact()).rejects.toMatchObject({ code: 'record_unavailable' })
  })

  describe('after a crash', () => {
    it('keeps every complete line, at whatever byte the file ends', async () => {
      await fill(add('a'), add('b'), end('a'), add('c'))
      const whole = readFileSync(file())
      const header = whole.indexOf('\n') + 1
      const expected = [[], ['a'], ['a', 'b'], ['b'], ['b', 'c']]
      for (let length = header; length <= whole.length; length += 1) {
        writeFileSync(file(), whole.subarray(0, length))
        const wholeLines = whole.subarray(header, length).toString().split('\n').length - 1
        expect(await reload()).toEqual({ ids: expected[wholeLines], notices: [] })
      }
    })

    it('continues from there', async () => {
      await fill(add('a'), add('b'))
      truncateSync(file(), statSync(file()).size - 10)
      const { ledger } = await start()
      await ledger.append([add('c')])
      await ledger.close()
      expect(await reload()).toEqual({ ids: ['a', 'c'], notices: [] })
    })

    it('reports that even the header is incomplete, and keeps what is left', async () => {
      await fill(add('a'))
      const header = readFileSync(file(), 'utf8').indexOf('\n')
      for (const length of [0, 1, header - 1, header]) {
        folder = makeTestFolder('ledger')
        await fill(add('a'))
        truncateSync(file(), length)
        const { ids, notices } = await reload()
        expect(ids).toEqual([])
        expect(notices).toHaveLength(1)
        expect(others()).toHaveLength(1)
        expect((await reload()).ids).toEqual([])
      }
    })

    it('ignores a new file that a compaction had not finished', async () => {
      await fill(add('a'))
      writeFileSync(`${file()}.new`, readFileSync(file(), 'utf8').slice(0, 50))
      expect(await reload()).toEqual({ ids: ['a'], notices: [] })
      const { ledger } = await start()
      await ledger.compact()
      await ledger.close()
      expect(await reload()).toEqual({ ids: ['a'], notices: [] })
      expect(others()).toEqual([])
    })
  })

  describe('modified by another program', () => {
    beforeEach(() => fill(add('a'), add('b'), add('c')))

    /** Changes the lines below the header, and returns what the next start finds. */
    const change = async (make: (below: readonly string[]) => readonly string[]) => {
      const [header = '', ...below] = lines()
      const changed = [header, ...make(below)]
      writeLines(changed)
      const found = await reload()
      return { ...found, changed: `${changed.join('\n')}\n` }
    }
    const flip = (text: string, at: number) =>
      text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)

    it.each<[string, (below: readonly string[]) => readonly string[], readonly string[]]>([
      ['a changed byte', ([a = '', b = '', c = '']) => [a, flip(b, 20), c], ['a', 'c']],
      ['a changed nonce', ([a = '', b = '', c = '']) => [a, flip(b, 3), c], ['a', 'c']],
      ['a changed number', ([a = '', b = '', c = '']) => [a, b.replace(/^2/, '5'), c], ['a', 'c']],
      ['two lines exchanged', ([a = '', b = '', c = '']) => [b, a, c], ['b', 'c']],
      ['a line twice', ([a = '', b = '', c = '']) => [a, b, b, c], ['a', 'b', 'c']],
      ['an old line again', ([a = '', b = '', c = '']) => [a, b, c, a], ['a', 'b', 'c']],
      ['a line missing', ([a = '', , c = '']) => [a, c], ['a', 'c']],
      ['a line of something else', ([a = '', b = '', c = '']) => [a, 'x', b, c], ['a', 'b', 'c']],
      ['a last line that cannot be read', ([a = '', b = '']) => [a, b, '3.AAAA'], ['a', 'b']],
    ])(
      'with %s is kept as a copy, used as far as it is readable, and reported',
      async (_, make, ids) => {
        const found = await change(make)
        expect(found.ids).toEqual(ids)
        const [copy = ''] = others()
        expect(copy).toBe('ledger.unreadable-20260101T000000Z')
        expect(found.notices).toEqual([expect.stringContaining(path.join(folder, copy))])
        expect(readFileSync(path.join(folder, copy), 'utf8')).toBe(found.changed)
        expect(statSync(path.join(folder, copy)).mode & 0o777).toBe(0o600)
        expect((await reload()).ids).toEqual(ids)
      },
    )

    it('is reported at every start until the copy is deleted', async () => {
      await change(([a = '', b = '', c = '']) => [a, flip(b, 20), c])
      const copy = path.join(folder, others()[0] ?? '')
      for (const { notices } of [await reload(), await reload()]) {
        expect(notices).toEqual([expect.stringContaining(copy)])
      }
      rmSync(copy)
      expect((await reload()).notices).toEqual([])
    })

    it('with lines of another ledger accepts none of them', async () => {
      const [, foreign = ''] = lines()
      folder = makeTestFolder('ledger')
      await fill(add('x'), add('y'))
      const found = await change(([, y = '']) => [foreign, y])
      expect(found.ids).toEqual(['y'])
      expect(found.notices).toHaveLength(1)
    })

    it('is not compacted, so that nothing is lost before the next start checks it', async () => {
      const { ledger } = await start()
      const [header = '', a = '', b = '', c = ''] = lines()
      writeLines([header, a, flip(b, 20), c])
      const before = readFileSync(file(), 'utf8')
      await expect(ledger.compact()).rejects.toMatchObject({ code: 'record_unavailable' })
      expect(readFileSync(file(), 'utf8')).toBe(before)
      await ledger.close()
    })
  })

  describe('whose key is missing', () => {
    const keyName = () => ledgerKeyName(String(JSON.parse(lines()[0] ?? '').key))
    beforeEach(() => fill(add('a')))

    it.each([
      ['is gone', () => keychain.items.delete(keyName())],
      ['is no key', () => keychain.items.set(keyName(), 'short')],
    ])('because it %s from a readable vault: is set aside whole, and reported', async (_, lose) => {
      const before = readFileSync(file(), 'utf8')
      lose()
      const { ledger, entries, notices } = await start()
      expect(entries).toEqual([])
      const [aside = ''] = others()
      expect(notices).toEqual([expect.stringContaining(path.join(folder, aside))])
      expect(readFileSync(path.join(folder, aside), 'utf8')).toBe(before)
      await ledger.append([add('b')])
      await ledger.close()
      expect((await reload()).ids).toEqual(['b'])
    })

    it('is recovered, and its file removed, by a start with the earlier keyring', async () => {
      const first = keychain
      keychain = new LyingKeychain()
      const second = keychain
      await fill(add('b'), add('c'), end('b'))
      for (const [ring, ids] of [
        [first, ['a']],
        [second, ['c']],
        [first, ['a']],
      ] as const) {
        keychain = ring
        const { ids: found, notices } = await reload()
        expect([...found].sort()).toEqual([...ids].sort())
        expect((await reload()).ids).toEqual(found)
        expect([notices.length, others().length]).toEqual([1, 1])
      }
    })

    it('because the vault is locked: is left untouched, and read once it is unlocked', async () => {
      const before = readFileSync(file(), 'utf8')
      keychain.lock(new TokentrayError('vault_locked'))
      const ledger = create()
      await expect(ledger.load()).rejects.toMatchObject({ code: 'vault_locked' })
      expect(readFileSync(file(), 'utf8')).toBe(before)
      expect(others()).toEqual([])
      keychain.unlock()
      expect(idsOf((await ledger.load()).entries)).toEqual(['a'])
    })

    it.each([
      ['fails', () => true],
      ['fails for this key alone', (key: string) => key === keyName()],
    ])('because the vault %s: is not touched', async (_what, isLost) => {
      const before = readFileSync(file(), 'utf8')
      const get = keychain.get.bind(keychain)
      keychain.get = (key) =>
        isLost(key) ? Promise.reject(new TokentrayError('vault_unavailable')) : get(key)
      await expect(create().load()).rejects.toMatchObject({ code: 'vault_unavailable' })
      expect(readFileSync(file(), 'utf8')).toBe(before)
      expect(others()).toEqual([])
    })

    it('and a new one cannot be stored: is left untouched', async () => {
      const before = readFileSync(file(), 'utf8')
      keychain.items.delete(keyName())
      keychain.set = () => Promise.reject(new TokentrayError('vault_unavailable'))
      await expect(create().load()).rejects.toMatchObject({ code: 'vault_unavailable' })
      expect(readFileSync(file(), 'utf8')).toBe(before)
      expect(others()).toEqual([])
    })
  })

  describe('of a newer Tokentray', () => {
    const newer = { code: 'newer_version', message: expect.stringContaining(' newer Tokentray') }
    beforeEach(() => fill(add('a')))

    const expectLeftAlone = async () => {
      const before = [readFileSync(file(), 'utf8'), keychain.items.size]
      await expect(create().load()).rejects.toMatchObject(newer)
      expect([readFileSync(file(), 'utf8'), keychain.items.size]).toEqual(before)
      expect(others()).toEqual([])
    }

    it('is left untouched, and recognized without the keychain', async () => {
      const [header = '', a = ''] = lines()
      writeLines([header.replace('"version":1', '"version":2'), a])
      await expectLeftAlone()
      keychain.lock(new TokentrayError('vault_locked'))
      expect(() => checkLedger(folder)).toThrow(expect.objectContaining(newer))
    })

    it('is left untouched if only one line says something new', async () => {
      const [header = '', ...rest] = lines()
      const { key: id } = JSON.parse(header) as { readonly key: string }
      const key = parseLedgerKey(id, new Secret(keychain.items.get(ledgerKeyName(id)) ?? ''))
      if (!key) throw new Error('no key')
      writeLines([header, ...rest, sealLine(JSON.stringify({ op: 'lend', id: 'a' }), 2, key)])
      await expectLeftAlone()
    })

    it('names the version that wrote it', async () => {
      const [header = '', a = ''] = lines()
      const changed = { ...JSON.parse(header), version: 7, writtenBy: '88.0.1' }
      writeLines([JSON.stringify(changed), a])
      expect(() => checkLedger(folder)).toThrow(/was written by Tokentray 88\.0\.1,/)
    })
  })

  describe('names the keys it needs', () => {
    const keysIn = (path: string) =>
      ledgerKeyName(String(JSON.parse(readFileSync(path, 'utf8').split('\n')[0] ?? '').key))

    it('its own, and those of ledgers set aside, as long as these exist', async () => {
      await fill(add('a'))
      const old = keysIn(file())
      keychain.items.delete(old)
      const { ledger } = await start()
      const [aside = ''] = others()
      expect([...ledger.keys()].sort()).toEqual([old, keysIn(file())].sort())
      rmSync(path.join(folder, aside))
      expect(ledger.keys()).toEqual([keysIn(file())])
      await ledger.close()
    })

    it('also the key of a newer format, which a newer version can read again', async () => {
      await fill(add('a'))
      const [header = '', a = ''] = lines()
      const key = keysIn(file())
      writeLines([header.replace('"version":1', '"version":2'), a])
      const ledger = create()
      expect(ledger.keys()).toEqual([key])
    })
  })

  describe('on a disk that does not respond', () => {
    let clock: FakeClock
    let back: () => void
    /** While it hangs, disk operations wait for `back`. */
    let disk: { isHung: boolean; wait: Promise<void> }
    const slow = { code: 'record_unavailable', message: expect.stringContaining('too slow') }

    beforeEach(() => {
      clock = new FakeClock()
      asked = 0
      back = () => {}
      disk = {
        isHung: false,
        wait: new Promise((resolve) => {
          back = () => {
            disk.isHung = false
            resolve()
          }
        }),
      }
    })
    let asked: number
    const answer = async () => {
      asked += 1
      if (disk.isHung) await disk.wait
    }
    const hanging = () =>
      new LedgerFile(folder, new GuardedVault('memory', keychain, clock), clock, {
        sync: answer,
        writeWhole: async (name, content) => {
          await answer()
          writeFileSync(name, content, { mode: 0o600 })
        },
      })
    const late = async (start: () => Promise<unknown>) => {
      const before = asked
      const refused = expect(start()).rejects.toMatchObject(slow)
      await expect.poll(() => asked).toBe(before + 1)
      await clock.advance(DISK_DEADLINE_MS)
      await refused
    }

    it('rejects, and holds every line once when the disk is back', async () => {
      await fill(add('a'))
      const ledger = hanging()
      await ledger.load()
      disk.isHung = true
      await late(() => ledger.append([add('b')]))
      back()
      await ledger.append([add('b')])
      await ledger.append([end('a')])
      await ledger.close()
      expect(await reload()).toEqual({ ids: ['b'], notices: [] })
    })

    it('is not compacted, keeps no caller waiting for it, and stays unchanged', async () => {
      await fill(add('a'), add('b'), end('a'))
      const ledger = hanging()
      await ledger.load()
      disk.isHung = true
      await late(() => ledger.compact())
      // Not retried while the first attempt still blocks a thread.
      await expect(ledger.compact()).rejects.toMatchObject(slow)
      expect(asked).toBe(1)
      disk.isHung = false
      await ledger.append([add('c')])
      back()
      await expect
        .poll(() =>
          ledger.compact().then(
            () => true,
            () => false,
          ),
        )
        .toBe(true)
      await ledger.close()
      expect((await reload()).ids).toEqual(['b', 'c'])
    })

    it('can be created later if not even that is possible', async () => {
      const ledger = hanging()
      disk.isHung = true
      await late(() => ledger.load())
      back()
      await expect
        .poll(() =>
          ledger.load().then(
            () => true,
            () => false,
          ),
        )
        .toBe(true)
      await ledger.append([add('a')])
      await ledger.close()
      expect((await reload()).ids).toEqual(['a'])
    })
  })

  it('creates no file while the vault cannot store the key', async () => {
    keychain.lock(new TokentrayError('vault_locked'))
    await expect(create().load()).rejects.toMatchObject({ code: 'vault_locked' })
    expect(readdirSync(folder)).toEqual([])
  })

  it('follows no symbolic link', async () => {
    await fill(add('a'))
    const target = path.join(makeTestFolder('elsewhere'), 'target')
    renameSync(file(), target)
    symlinkSync(target, file())
    const before = readFileSync(target, 'utf8')
    await expect(create().load()).rejects.toMatchObject({ code: 'record_unavailable' })
    expect(readFileSync(target, 'utf8')).toBe(before)
  })

  it('is not recreated through a dangling link, and creates no target for it', async () => {
    const target = path.join(makeTestFolder('elsewhere'), 'target')
    symlinkSync(target, file())
    const refusal = { code: 'record_unavailable', message: expect.stringContaining('is a link') }
    expect(() => checkLedger(folder)).toThrow(expect.objectContaining(refusal))
    await expect(create().load()).rejects.toMatchObject(refusal)
    expect(existsSync(target)).toBe(false)
    expect(lstatSync(file()).isSymbolicLink()).toBe(true)
  })

  const refuseInTheWay = async () => {
    const refusal = { code: 'record_unavailable', message: `${file()} is not a regular file.` }
    expect(() => checkLedger(folder)).toThrow(expect.objectContaining(refusal))
    await expect(create().load()).rejects.toMatchObject(refusal)
  }

  it('reports a folder in its place', async () => {
    mkdirSync(file())
    await refuseInTheWay()
  })

  it('does not block on a pipe in its place', async () => {
    execFileSync('mkfifo', [file()])
    await refuseInTheWay()
  })

  describe('when it is compacted', () => {
    it('holds only what has not ended', async () => {
      const { ledger } = await start()
      const ids = Array.from({ length: 50 }, (_, n) => `id-${n}`)
      await ledger.append(ids.map(add))
      await ledger.append(ids.slice(0, 48).map(end))
      const before = statSync(file()).size
      expect(ledger.lines).toBe(98)
      await ledger.compact()
      expect(ledger.lines).toBe(2)
      expect(statSync(file()).size).toBeLessThan(before / 10)
      expect(statSync(file()).mode & 0o777).toBe(0o600)
      await ledger.append([add('later'), end('id-48')])
      await ledger.close()
      expect(await reload()).toEqual({ ids: ['id-49', 'later'], notices: [] })
    })

    it('loses nothing that is appended before, during or after', async () => {
      const { ledger } = await start()
      const ids = Array.from({ length: 60 }, (_, n) => `id-${n}`)
      const work: Promise<void>[] = []
      for (const [index, id] of ids.entries()) {
        work.push(ledger.append([add(id)]))
        if (index % 7 === 3) work.push(ledger.compact())
        if (index % 5 === 4) await work[index]
      }
      await Promise.all(work)
      await ledger.close()
      expect([...(await reload()).ids].sort()).toEqual([...ids].sort())
    })

    it('exists, old or new, at every moment of many compactions', async () => {
      const { ledger } = await start()
      await ledger.append([add('a'), add('b')])
      const seen: string[] = []
      let done = false
      const work = (async () => {
        for (let round = 0; round < 10; round += 1) {
          await ledger.append([add('c'), end('c')])
          await ledger.compact()
        }
        done = true
      })()
      const copies = makeTestFolder('copies')
      while (!done) {
        const copy = path.join(copies, `copy-${seen.length}`)
        mkdirSync(copy)
        copyFileSync(file(), path.join(copy, 'ledger'))
        seen.push(copy)
        await new Promise((resolve) => setImmediate(resolve))
      }
      await work
      await ledger.close()
      expect(seen.length).toBeGreaterThan(10)
      for (const copy of seen) {
        folder = copy
        const { ids, notices } = await reload()
        expect(ids.slice(0, 2)).toEqual(['a', 'b'])
        expect(notices).toEqual([])
      }
    })

    it('continues with the old file if the new one cannot be created', async () => {
      const { ledger } = await start()
      await ledger.append([add('a'), add('b'), end('a')])
      mkdirSync(`${file()}.new`)
      await expect(ledger.compact()).rejects.toMatchObject({ code: 'record_unavailable' })
      await ledger.append([add('c')])
      await ledger.close()
      expect((await reload()).ids).toEqual(['b', 'c'])
    })
  })

  describeWith([prlimit], 'on a full disk', () => {
    it('rejects, keeps what it had, and continues when there is room', async () => {
      const { ledger } = await start()
      await ledger.append([add('a')])
      await withFileLimit(statSync(file()).size + 30, async () => {
        await expect(ledger.append([add('b'), end('a')])).rejects.toMatchObject({
          code: 'record_unavailable',
        })
      })
      expect((await reload()).ids).toEqual(['a'])
      await ledger.append([add('c')])
      await ledger.close()
      expect(await reload()).toEqual({ ids: ['a', 'c'], notices: [] })
    })

    it('leaves no key in the vault for a ledger that could not be created', async () => {
      await withFileLimit(10, () =>
        expect(create().load()).rejects.toMatchObject({ code: 'record_unavailable' }),
      )
      const keys = [...keychain.items.keys()].filter((key) => key.startsWith('ledger-key/'))
      expect(keys).toEqual([])
    })

    it('stays unchanged if it cannot be compacted', async () => {
      const { ledger } = await start()
      await ledger.append([add('a'), add('b')])
      await withFileLimit(100, () =>
        expect(ledger.compact()).rejects.toMatchObject({ code: 'record_unavailable' }),
      )
      expect(others()).toEqual([])
      await ledger.append([add('c')])
      await ledger.close()
      expect(await reload()).toEqual({ ids: ['a', 'b', 'c'], notices: [] })
    })
  })

  describe('next to a ledger in memory', () => {
    it('is left untouched', async () => {
      await fill(add('a'))
      chmodSync(file(), 0o400)
      const memory = createMemoryLedger()
      expect(await memory.load()).toEqual({ entries: [], notices: [] })
      await memory.append([add('b')])
      await memory.compact()
      await memory.close()
      expect(memory.lines).toBe(0)
      expect((await reload()).ids).toEqual(['a'])
      expect(existsSync(file())).toBe(true)
    })
  })
})
