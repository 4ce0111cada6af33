import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs'
import path from 'node:path'
import { withDeadline } from '../../base/async/deadline.ts'
import type { Clock } from '../../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import { AppendFile, DISK_DEADLINE_MS, diskTooSlow } from '../../base/files/append-file.ts'
import { syncFolder, writeWholeFile } from '../../base/files/durable-write.ts'
import { refuseLink, requireRegularFile } from '../../base/files/links.ts'
import { copyAside, setAside, setAsideCopies } from '../../base/files/set-aside.ts'
import { newerVersionError } from '../../base/version.ts'
import type { Vault } from '../vault.ts'
import {
  createLedgerKey,
  type Header,
  keyIdIn,
  type LedgerKey,
  parseHeader,
  parseLedgerKey,
  readLines,
  sealLine,
  toHeader,
} from './ledger-format.ts'
import type { LedgerLine, LedgerPayload, LedgerStore, LoadedLedger } from './ledger-store.ts'

/** The disk operations; tests pass one that never answers. */
export interface Disk {
  readonly sync?: (fd: number) => Promise<void>
  readonly writeWhole: (file: string, content: string) => Promise<void>
}

const realDisk: Disk = { writeWhole: writeWholeFile }

interface OpenLedger {
  readonly key: LedgerKey
  readonly file: AppendFile<string>
}

/** The vault key under which the key of a ledger is stored. */
export const ledgerKeyName = (keyId: string): string => `ledger-key/${keyId}`

/** Path of the ledger in its folder. */
export const ledgerPath = (folder: string): string => path.join(folder, 'ledger')

/**
 * Throws if the ledger of this folder must not be touched: `newer_version` if a newer Tokentray wrote it
 * (its tokens must not be taken for expired), `record_unavailable` for a link.
 */
export function checkLedger(folder: string): void {
  const file = ledgerPath(folder)
  refuseLink(file)
  requireRegularFile(file)
  const text = readIfThere(file)
  if (text !== null) refuseNewer(file, parseHeader(firstLine(text)))
}

/** The ledger as an append-only file, each line encrypted under a key in the vault. */
export class LedgerFile implements LedgerStore {
  readonly isPersistent = true
  readonly #path: string
  readonly #vault: Vault
  readonly #clock: Clock
  #open: OpenLedger | undefined
  #compaction: Promise<void> | undefined
  readonly #disk: Disk
  /** An abandoned write of a new file: no other is started until it settles. */
  #hung: Promise<unknown> | undefined

  constructor(folder: string, vault: Vault, clock: Clock, disk: Disk = realDisk) {
    this.#path = ledgerPath(folder)
    this.#vault = vault
    this.#clock = clock
    this.#disk = disk
  }

  get lines(): number {
    return this.#open ? this.#open.file.nextNumber - 1 : 0
  }

  keys(): readonly string[] {
    const folder = path.dirname(this.#path)
    const name = path.basename(this.#path)
    const ids = readdirSync(folder)
      .filter((file) => file === name || file.startsWith(`${name}.`))
      .map((file) => keyIdIn(firstLineOf(path.join(folder, file))))
    return [...new Set(ids)].filter((id) => id !== null).map(ledgerKeyName)
  }

  async load(): Promise<LoadedLedger> {
    await this.close()
    return recorded(this.#path, async () => {
      const { entries: own, notices } = await this.#load()
      const entries = [...own, ...(await this.#recoverSetAside(own))]
      const untold = setAsideCopies(this.#path).filter((aside) => !notices.join().includes(aside))
      return { entries, notices: [...notices, ...untold.map(stillSetAside)] }
    })
  }

  async append(lines: readonly LedgerLine[]): Promise<void> {
    const texts = lines.map((line) => JSON.stringify(line))
    // No await between this check and the lines: a compaction could start.
    while (this.#compaction || !this.#isFound()) {
      await (this.#isFound() ? settled(this.compact()) : this.compact())
    }
    const { file } = this.#mustBeOpen()
    // Appended in one turn of the event loop, so that they form one group: all are written, or none.
    await Promise.all(texts.map((text) => file.append(text)))
  }

  /**
   * False if the file has been removed or replaced: its lines would be lost with this run, and their tokens
   * would stay valid.
   */
  #isFound(): boolean {
    return this.#mustBeOpen().file.isAt(this.#path)
  }

  compact(): Promise<void> {
    this.#compaction ??= recorded(this.#path, () => this.#compact()).finally(() => {
      this.#compaction = undefined
    })
    return this.#compaction
  }

  async close(): Promise<void> {
    if (this.#compaction) await settled(this.#compaction)
    const open = this.#open
    this.#open = undefined
    await open?.file.close()
  }

  async #load(): Promise<LoadedLedger> {
    mkdirSync(path.dirname(this.#path), { recursive: true, mode: 0o700 })
    refuseLink(this.#path)
    requireRegularFile(this.#path)
    const text = readIfThere(this.#path)
    if (text === null) {
      await this.#create()
      return { entries: [], notices: [] }
    }
    const key = await this.#findKey(text)
    if (!key) {
      const aside = await this.#create()
      return { entries: [], notices: [unreadable(this.#path, aside)] }
    }
    const { live, nextNumber, damaged, foreign } = readLines(text, key)
    if (foreign > 0) throw newerVersionError(this.#path)
    if (damaged === 0) {
      this.#open = { key, file: this.#openFile(this.#path, key, nextNumber) }
      return { entries: live, notices: [] }
    }
    const aside = copyAside(this.#path, this.#clock)
    await this.#replaceWith(live, key)
    return { entries: live, notices: [partlyRead(this.#path, damaged, aside)] }
  }

  /**
   * Recovers the entries of ledgers that were set aside because their key was missing and is now available:
   * one desktop session may use another keyring, and the next one the first again. Their entries then move
   * to this ledger.
   */
  async #recoverSetAside(own: readonly LedgerPayload[]): Promise<readonly LedgerPayload[]> {
    const known = new Set(own.map(({ id }) => id))
    const back: LedgerPayload[] = []
    for (const aside of setAsideCopies(this.#path)) {
      const entries = await this.#readSetAside(aside)
      if (!entries) continue
      const fresh = entries.filter(({ id }) => !known.has(id))
      await this.append(fresh.map((entry) => ({ op: 'add', entry })))
      for (const { id } of fresh) known.add(id)
      rmSync(aside, { force: true })
      back.push(...fresh)
    }
    return back
  }

  /** `null` if its key is missing, or if only the user can judge it (copies and damaged files). */
  async #readSetAside(aside: string): Promise<readonly LedgerPayload[] | null> {
    const text = readIfThere(aside)
    const header = text === null ? null : parseHeader(firstLine(text))
    if (text === null || header?.kind !== 'ledger') return null
    if (header.keyId === this.#mustBeOpen().key.id) return null
    const stored = await this.#vault.get(ledgerKeyName(header.keyId))
    const key = stored && parseLedgerKey(header.keyId, stored)
    if (!key) return null
    const { live, damaged, foreign } = readLines(text, key)
    return damaged + foreign > 0 ? null : live
  }

  /** `null` if there is none: the header is unreadable, or a readable vault has no such key. */
  async #findKey(text: string): Promise<LedgerKey | null> {
    const header = parseHeader(firstLine(text))
    refuseNewer(this.#path, header)
    if (header.kind !== 'ledger') return null
    const stored = await this.#vault.get(ledgerKeyName(header.keyId))
    return stored && parseLedgerKey(header.keyId, stored)
  }

  /** Stores the key first: if the vault rejects it, nothing has been changed. */
  async #create(): Promise<string | null> {
    const { ledgerKey, stored } = createLedgerKey()
    const item = ledgerKeyName(ledgerKey.id)
    await this.#vault.set(item, stored)
    try {
      const aside = readIfThere(this.#path) === null ? null : setAside(this.#path, this.#clock)
      await this.#replaceWith([], ledgerKey)
      return aside
    } catch (error) {
      // The next try creates another key; one left over from this try is removed at the next start.
      await this.#vault.delete(item).catch(() => undefined)
      throw error
    }
  }

  async #compact(): Promise<void> {
    const { key, file } = this.#mustBeOpen()
    const isTaken = lstatSync(this.#path, { throwIfNoEntry: false })?.isFile()
    if (isTaken && !this.#isFound()) setAside(this.#path, this.#clock)
    await file.settled()
    // Reads the file rather than the caller's state, so that no line on its way is left out.
    const { live, damaged } = readLines(file.read(), key)
    if (damaged > 0) {
      throw new TokentrayError(
        'record_unavailable',
        `${this.#path} was changed by another program.`,
        {
          hint: 'Restart Tokentray. It keeps a copy of the file and uses what it can read.',
        },
      )
    }
    await this.#replaceWith(live, key)
  }

  /** Whenever this is interrupted, either the complete old file or the complete new one is on disk. */
  async #replaceWith(entries: readonly LedgerPayload[], key: LedgerKey): Promise<void> {
    const fresh = `${this.#path}.new`
    const lines = entries.map((entry, index) =>
      sealLine(JSON.stringify({ op: 'add', entry } satisfies LedgerLine), index + 1, key),
    )
    const before = this.#open
    try {
      const text = `${[toHeader(key.id), ...lines].join('\n')}\n`
      await this.#inTime(() => this.#disk.writeWhole(fresh, text))
      // Opened under its temporary name, so that nothing can fail between the rename and its use.
      const file = this.#openFile(fresh, key, entries.length + 1)
      renameSync(fresh, this.#path)
      this.#open = { key, file }
    } catch (error) {
      if (!this.#hung) rmSync(fresh, { force: true })
      throw error
    }
    await before?.file.close()
    await this.#inTime(() => syncFolder(this.#path))
  }

  /** Rejects with `record_unavailable` if the disk does not respond. */
  async #inTime(write: () => Promise<void>): Promise<void> {
    const late = () => diskTooSlow(this.#path)
    if (this.#hung) throw late()
    const work = write()
    const leaveBehind = () => {
      this.#hung = work
        .catch(() => undefined)
        .then(() => {
          this.#hung = undefined
        })
      return late()
    }
    await withDeadline(work, { clock: this.#clock, ms: DISK_DEADLINE_MS, late: leaveBehind })
  }

  #openFile(file: string, key: LedgerKey, firstNumber: number): AppendFile<string> {
    return new AppendFile({
      path: file,
      durability: 'disk',
      firstNumber,
      toLine: (text, number) => sealLine(text, number, key),
      clock: this.#clock,
      ...(this.#disk.sync && { sync: this.#disk.sync }),
    })
  }

  #mustBeOpen(): OpenLedger {
    if (this.#open) return this.#open
    throw new TokentrayError('record_unavailable', 'The ledger has not been read.', {
      hint: 'Unlock the keychain, so that Tokentray can read it.',
    })
  }
}

const firstLine = (text: string): string => text.slice(0, Math.max(text.indexOf('\n'), 0))

function refuseNewer(file: string, header: Header): void {
  if (header.kind === 'newer') throw newerVersionError(file, header.writtenBy)
}

/** The first bytes, enough for a header, without reading a ledger of megabytes; empty if unreadable. */
function firstLineOf(file: string): string {
  const start = Buffer.alloc(1_024)
  try {
    const fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const text = start.toString('utf8', 0, readSync(fd, start, 0, start.length, 0))
      return firstLine(text)
    } finally {
      closeSync(fd)
    }
  } catch {
    // Not a file, or not readable by this user: it does not need a key of ours.
    return ''
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Resolves either way; the caller who requested the work gets its error. */
const settled = (work: Promise<void>) => work.catch(() => undefined)

/** Converts file system errors to `record_unavailable`; vault errors pass unchanged. */
async function recorded<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isTokentrayError(error)) throw error
    throw new TokentrayError('record_unavailable', `${file} cannot be used.`, { cause: error })
  }
}

function unreadable(file: string, aside: string | null): string {
  return `The ledger ${file} could not be read: its key is not in the keychain, or it is not a ledger. It was kept as ${aside}. Tokentray cannot revoke the tokens in it unless a later start finds its key.`
}

function stillSetAside(aside: string): string {
  return `A ledger that could not be read is kept as ${aside}. Tokentray cannot revoke tokens that are only listed there unless a later start finds its key. Delete the file once they have expired.`
}

function partlyRead(file: string, damaged: number, aside: string): string {
  const lines = damaged === 1 ? 'One place' : `${damaged} places`
  return `${lines} in the ledger ${file} could not be read. A copy was kept as ${aside}; the readable part is used. Tokentray cannot revoke tokens that are only listed in the rest.`
}
