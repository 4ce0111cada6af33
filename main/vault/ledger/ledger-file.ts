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

/** What waits for the disk; tests have one that does not answer. */
export interface Disk {
  readonly sync?: (fd: number) => Promise<void>
  readonly writeWhole: (file: string, content: string) => Promise<void>
}

const realDisk: Disk = { writeWhole: writeWholeFile }

interface OpenLedger {
  readonly key: LedgerKey
  readonly file: AppendFile<string>
}

/** The vault's key for the key of a ledger. */
export const ledgerKeyName = (keyId: string): string => `ledger-key/${keyId}`

/** Where the ledger lies in its folder. */
export const ledgerPath = (folder: string): string => path.join(folder, 'ledger')

/**
 * Throws where the ledger of this folder must be left as it is: `newer_version` for that of a newer
 * Tokentray, whose tokens nobody may take for ended, `record_unavailable` for a link.
 */
export function checkLedger(folder: string): void {
  const file = ledgerPath(folder)
  refuseLink(file)
  requireRegularFile(file)
  const text = readIfThere(file)
  if (text !== null) refuseNewer(file, parseHeader(firstLine(text)))
}

/** The ledger as a file that only grows, each line encrypted under a key that lies in the vault. */
export class LedgerFile implements LedgerStore {
  readonly isPersistent = true
  readonly #path: string
  readonly #vault: Vault
  readonly #clock: Clock
  #open: OpenLedger | undefined
  #compaction: Promise<void> | undefined
  readonly #disk: Disk
  /** Writing of a new file that nobody waits for any more: until it is back no other is begun. */
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
      const entries = [...own, ...(await this.#takeBack(own))]
      const untold = setAsideCopies(this.#path).filter((aside) => !notices.join().includes(aside))
      return { entries, notices: [...notices, ...untold.map(stillThere)] }
    })
  }

  async append(lines: readonly LedgerLine[]): Promise<void> {
    const texts = lines.map((line) => JSON.stringify(line))
    // Nothing is waited for between this and the lines: a compaction could begin.
    while (this.#compaction || !this.#isFound()) {
      await (this.#isFound() ? settled(this.compact()) : this.compact())
    }
    const { file } = this.#mustBeOpen()
    // All in one turn of the event loop, so that they are one group: written together or not at all.
    await Promise.all(texts.map((text) => file.append(text)))
  }

  /** False where nothing leads to the file any more: its lines would be lost with this run, and their tokens live on. */
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
      await this.#startAnew()
      return { entries: [], notices: [] }
    }
    const key = await this.#findKey(text)
    if (!key) {
      const aside = await this.#startAnew()
      return { entries: [], notices: [cannotRead(this.#path, aside)] }
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
   * The entries of ledgers that were set aside because their key was not there, and is now: a session
   * may have another key ring, and the next one the first again. They are in this one then.
   */
  async #takeBack(own: readonly LedgerPayload[]): Promise<readonly LedgerPayload[]> {
    const known = new Set(own.map(({ id }) => id))
    const back: LedgerPayload[] = []
    for (const aside of setAsideCopies(this.#path)) {
      const entries = await this.#readAside(aside)
      if (!entries) continue
      const fresh = entries.filter(({ id }) => !known.has(id))
      await this.append(fresh.map((entry) => ({ op: 'add', entry })))
      for (const { id } of fresh) known.add(id)
      rmSync(aside, { force: true })
      back.push(...fresh)
    }
    return back
  }

  /** `null` for one without a key, and for what only a person can judge: copies, and what is damaged. */
  async #readAside(aside: string): Promise<readonly LedgerPayload[] | null> {
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

  /** `null` if there is none: the header is unreadable, or a vault that can be read has no such key. */
  async #findKey(text: string): Promise<LedgerKey | null> {
    const header = parseHeader(firstLine(text))
    refuseNewer(this.#path, header)
    if (header.kind !== 'ledger') return null
    const stored = await this.#vault.get(ledgerKeyName(header.keyId))
    return stored && parseLedgerKey(header.keyId, stored)
  }

  /** The key is kept before anything else happens: if the vault refuses, nothing has been touched. */
  async #startAnew(): Promise<string | null> {
    const { ledgerKey, stored } = createLedgerKey()
    const item = ledgerKeyName(ledgerKey.id)
    await this.#vault.set(item, stored)
    try {
      const aside = readIfThere(this.#path) === null ? null : setAside(this.#path, this.#clock)
      await this.#replaceWith([], ledgerKey)
      return aside
    } catch (error) {
      // The next try makes another; what stays of this one is swept at a start.
      await this.#vault.delete(item).catch(() => undefined)
      throw error
    }
  }

  async #compact(): Promise<void> {
    const { key, file } = this.#mustBeOpen()
    const isTaken = lstatSync(this.#path, { throwIfNoEntry: false })?.isFile()
    if (isTaken && !this.#isFound()) setAside(this.#path, this.#clock)
    await file.settled()
    // The file, not the caller, knows what was appended: nothing on its way can be left out.
    const { live, damaged } = readLines(file.read(), key)
    if (damaged > 0) {
      throw new TokentrayError('record_unavailable', `${this.#path} was changed by somebody.`, {
        hint: 'Restart Tokentray: it keeps a copy of the file and goes on with what it can read.',
      })
    }
    await this.#replaceWith(live, key)
  }

  /** On disk there is the old file or the new one, whole, whenever this stops. */
  async #replaceWith(entries: readonly LedgerPayload[], key: LedgerKey): Promise<void> {
    const fresh = `${this.#path}.new`
    const lines = entries.map((entry, index) =>
      sealLine(JSON.stringify({ op: 'add', entry } satisfies LedgerLine), index + 1, key),
    )
    const before = this.#open
    try {
      const text = `${[toHeader(key.id), ...lines].join('\n')}\n`
      await this.#inTime(() => this.#disk.writeWhole(fresh, text))
      // Opened under its first name, so that no failure can come between the rename and its use.
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

  /** Rejects with `record_unavailable` where the disk does not answer. */
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

/** Enough for a header, without reading a ledger of megabytes; empty for what cannot be read. */
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
    // Not a file, or not ours to read: nothing of ours needs a key for it.
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

/** Resolves in either case; whoever asked for it is told how it ended. */
const settled = (work: Promise<void>) => work.catch(() => undefined)

/** Errors of the file system become `record_unavailable`; those of the vault stay. */
async function recorded<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isTokentrayError(error)) throw error
    throw new TokentrayError('record_unavailable', `${file} cannot be used.`, { cause: error })
  }
}

function cannotRead(file: string, aside: string | null): string {
  return `The ledger ${file} could not be read: its key is not in the keychain, or it is not a ledger. It was kept as ${aside}. Tokens that it lists are not ended by Tokentray, unless a later start finds its key.`
}

function stillThere(aside: string): string {
  return `A ledger that could not be read is kept as ${aside}. Tokens that only it lists are not ended by Tokentray, unless a later start finds its key. Delete the file once they have expired.`
}

function partlyRead(file: string, damaged: number, aside: string): string {
  const lines = damaged === 1 ? 'One place' : `${damaged} places`
  return `${lines} in the ledger ${file} could not be read. A copy was kept as ${aside}; what could be read is used. Tokens that only the rest lists are not ended by Tokentray.`
}
