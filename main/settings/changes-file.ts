import {
  closeSync,
  existsSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { promisify } from 'node:util'
import { withDeadline } from '../base/async/deadline.ts'
import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import {
  DISK_DEADLINE_MS,
  diskTooSlow,
  isSameFile,
  openForAppending,
} from '../base/files/append-file.ts'
import { syncFolder } from '../base/files/durable-write.ts'
import { refuseLink, requireRegularFile } from '../base/files/links.ts'
import { isLater, newerVersionError, ownVersion } from '../base/version.ts'
import { parseChange, type SettingsChange } from './change.ts'

const VERSION = 1
const syncAsync = promisify(fdatasync)

/** The content of a changes file. */
export interface FoundChanges {
  /** In the order in which they were made. */
  readonly changes: readonly SettingsChange[]
  /** The edition of the settings that they follow; `null` if nothing was ever stored. */
  readonly after: number | null
  /** True if some lines are unreadable; `changes` then stops before the first of them. */
  readonly isDamaged: boolean
}

/** The changes that are not in the settings file yet: a header, then one JSON object per line. */
export class ChangesFile {
  readonly path: string
  readonly #clock: Clock
  readonly #sync: (fd: number) => Promise<void>
  #open: OpenFile | null = null
  #isEmpty = true
  #after = 0

  constructor(path: string, clock: Clock, sync: (fd: number) => Promise<void> = syncAsync) {
    this.path = path
    this.#clock = clock
    this.#sync = sync
  }

  /**
   * Reads the file; `null` if there is none. Throws `newer_version` if a newer Tokentray wrote it, and
   * `record_unavailable` for a link and for anything that is not a readable regular file. An unfinished
   * last line is dropped: it was never reported as stored.
   */
  find(): FoundChanges | null {
    refuseLink(this.path)
    requireRegularFile(this.path)
    if (!existsSync(this.path)) return null
    this.#isEmpty = false
    const lines = this.#read().split('\n')
    const unfinished = lines.pop() ?? ''
    // The rest of a truncated line contains no control characters; if it does, lines have run together.
    const isTorn = /\p{Cc}/u.test(unfinished)
    const header = lines.shift()
    const changes: SettingsChange[] = []
    // Interrupted while the file was being created.
    if (header === undefined && isBegun(unfinished))
      return { changes, after: null, isDamaged: isTorn }
    const written = parseHeader(header ?? '')
    if (written && written.version > VERSION) throw newerVersionError(this.path, written.writtenBy)
    const after = written?.after ?? 0
    this.#after = after
    if (!written) return { changes, after, isDamaged: true }
    for (const line of lines) {
      const change = readLine(line)
      if (!change && isLater(written?.writtenBy ?? ''))
        throw newerVersionError(this.path, written?.writtenBy)
      if (!change) return { changes, after, isDamaged: true }
      changes.push(change)
    }
    return { changes, after, isDamaged: isTorn }
  }

  /** False if a file was found or created, including one that another program put in place. */
  get isEmpty(): boolean {
    return this.#isEmpty && !lstatSync(this.path, { throwIfNoEntry: false })?.isFile()
  }

  /** The edition of the settings that the changes in the file follow. */
  get after(): number {
    return this.#after
  }

  /** Size of the changes in bytes, as far as this process knows. */
  get size(): number {
    return this.#open?.size ?? 0
  }

  /**
   * True if a line could not be undone or synced, or if the file was removed or replaced: no later line can
   * be relied on.
   */
  get isUncertain(): boolean {
    return this.#open !== null && (this.#open.isUncertain || !isSameFile(this.path, this.#open.fd))
  }

  /**
   * Appends a line, so that a crash of this process cannot lose it, and starts syncing it to disk. A new
   * file records that its changes follow this edition of the settings. Throws if the line cannot be written
   * completely; the file is then unchanged.
   */
  append(line: string, edition: number): void {
    this.#open ??= openFile(this.path)
    this.#isEmpty = false
    const open = this.#open
    const header = open.size === 0 ? `${toHeader(edition)}\n` : ''
    if (open.size === 0) this.#after = edition
    const data = Buffer.from(`${header}${line}\n`)
    try {
      for (let done = 0; done < data.length; ) {
        const written = writeSync(open.fd, data, done, data.length - done, null)
        if (written === 0) throw new Error('Nothing could be written.')
        done += written
      }
    } catch (error) {
      cutTo(open)
      if (open.size === 0) this.remove()
      throw error
    }
    open.size += data.length
    void this.#bringToDisk(open)
  }

  /**
   * Resolves when everything appended is on disk; rejects with `record_unavailable` if that fails or takes
   * more than 5 s.
   */
  async onDisk(): Promise<void> {
    const open = this.#open
    if (!open || (open.synced === open.size && !open.isUncertain)) return
    const late = () => diskTooSlow(this.path)
    const work = this.#bringToDisk(open)
    await withDeadline(work, { clock: this.#clock, ms: DISK_DEADLINE_MS, late }).catch((cause) => {
      if (cause instanceof TokentrayError) throw cause
      throw new TokentrayError('record_unavailable', `${this.path} cannot be written.`, { cause })
    })
  }

  /** Called once all changes are stored in the settings file. */
  remove(): void {
    rmSync(this.path, { force: true })
    this.#isEmpty = true
    this.close()
  }

  close(): void {
    const open = this.#open
    this.#open = null
    if (!open) return
    // Not while a sync still uses the descriptor: another file could be given its number.
    if (open.syncing) open.syncing.catch(() => undefined).finally(() => closeSync(open.fd))
    else closeSync(open.fd)
  }

  #read(): string {
    try {
      return readFileSync(this.path, 'utf8')
    } catch (cause) {
      throw new TokentrayError('record_unavailable', `${this.path} cannot be read.`, { cause })
    }
  }

  /** A caller during one fdatasync(2) waits for the next; two never run at a time. */
  #bringToDisk(open: OpenFile): Promise<void> {
    open.syncing ??= this.#syncAll(open).finally(() => {
      open.syncing = null
    })
    const { syncing } = open
    syncing.catch(() => undefined)
    return syncing
  }

  async #syncAll(open: OpenFile): Promise<void> {
    try {
      if (open.isUncertain) throw new Error('An earlier write has failed.')
      if (open.synced === 0) await syncFolder(this.path)
      while (open.synced < open.size) {
        const reached = open.size
        await this.#sync(open.fd)
        open.synced = reached
      }
    } catch (error) {
      open.isUncertain = true
      throw error
    }
  }
}

interface OpenFile {
  readonly fd: number
  size: number
  /** How many bytes are known to be on disk. */
  synced: number
  isUncertain: boolean
  syncing: Promise<void> | null
}

function openFile(path: string): OpenFile {
  const fd = openForAppending(path)
  return { fd, size: fstatSync(fd).size, synced: 0, isUncertain: false, syncing: null }
}

/** A partial line would merge with the next one. */
function cutTo(open: OpenFile): void {
  try {
    ftruncateSync(open.fd, open.size)
  } catch {
    open.isUncertain = true
  }
}

const toHeader = (after: number) =>
  JSON.stringify({ version: VERSION, writtenBy: ownVersion, after })

const START = '{"version":'

/** True for the possibly empty rest of an interrupted header: no change was stored after it. */
const isBegun = (text: string) => text.startsWith(START) || START.startsWith(text)

interface Header {
  readonly version: number
  readonly writtenBy?: string
  readonly after: number
}

function parseHeader(line: string): Header | null {
  const value = parseJson(line)
  if (typeof value !== 'object' || value === null || !('version' in value)) return null
  const { version, writtenBy, after } = value as { [Name in keyof Header]?: unknown }
  if (typeof version !== 'number') return null
  return {
    version,
    after: Number.isSafeInteger(after) ? Number(after) : 0,
    ...(typeof writtenBy === 'string' && { writtenBy }),
  }
}

function readLine(line: string): SettingsChange | null {
  try {
    return parseChange(line)
  } catch {
    // Not JSON, or not a change.
    return null
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
