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

/** What a file of changes comes to. */
export interface FoundChanges {
  /** In the order in which they were made. */
  readonly changes: readonly SettingsChange[]
  /** Which edition of the settings they came after; `null` where nothing was ever stored. */
  readonly after: number | null
  /** There are lines that cannot be read; changes after the first of them are not among these. */
  readonly isDamaged: boolean
}

/** The changes of the settings that are not in their file yet: JSON, one to a line, after a header. */
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
   * What is there; `null` without a file. Throws `newer_version` for that of a newer Tokentray and
   * `record_unavailable` for a link, and for what is no file or cannot be read. A last line that was not
   * finished was never reported as stored.
   */
  find(): FoundChanges | null {
    refuseLink(this.path)
    requireRegularFile(this.path)
    if (!existsSync(this.path)) return null
    this.#isEmpty = false
    const lines = this.#read().split('\n')
    const unfinished = lines.pop() ?? ''
    // What is left of a line of ours has no control character in it: these are lines run together.
    const isTorn = /\p{Cc}/u.test(unfinished)
    const header = lines.shift()
    const changes: SettingsChange[] = []
    // Stopped as the file was made.
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

  /** False where a file was found or made, or somebody else has put one there. */
  get isEmpty(): boolean {
    return this.#isEmpty && !lstatSync(this.path, { throwIfNoEntry: false })?.isFile()
  }

  /** Which edition of the settings the changes that are there came after. */
  get after(): number {
    return this.#after
  }

  /** How many bytes of changes there are, as far as this process knows. */
  get size(): number {
    return this.#open?.size ?? 0
  }

  /**
   * A line could not be taken back, or brought to the disk, or somebody has removed or replaced the file:
   * after that no later line is good.
   */
  get isInDoubt(): boolean {
    return this.#open !== null && (this.#open.isInDoubt || !isSameFile(this.path, this.#open.fd))
  }

  /**
   * Adds a line, so that the end of this process cannot lose it; its way onto the disk has begun then.
   * A new file says that its changes came after this edition of the settings. Throws when the line cannot
   * be written whole; then the file is as it was.
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

  /** Resolves when all that was added is on disk; rejects with `record_unavailable` after 5 s, or if it cannot be. */
  async onDisk(): Promise<void> {
    const open = this.#open
    if (!open || (open.synced === open.size && !open.isInDoubt)) return
    const late = () => diskTooSlow(this.path)
    const work = this.#bringToDisk(open)
    await withDeadline(work, { clock: this.#clock, ms: DISK_DEADLINE_MS, late }).catch((cause) => {
      if (cause instanceof TokentrayError) throw cause
      throw new TokentrayError('record_unavailable', `${this.path} cannot be written.`, { cause })
    })
  }

  /** Once all of it stands elsewhere. */
  remove(): void {
    rmSync(this.path, { force: true })
    this.#isEmpty = true
    this.close()
  }

  close(): void {
    const open = this.#open
    this.#open = null
    if (!open) return
    // Not under a call that still uses it: another file would get its number.
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

  /** Who comes while one fdatasync(2) is under way waits for the next; never two at a time. */
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
      if (open.isInDoubt) throw new Error('An earlier write has failed.')
      if (open.synced === 0) await syncFolder(this.path)
      while (open.synced < open.size) {
        const reached = open.size
        await this.#sync(open.fd)
        open.synced = reached
      }
    } catch (error) {
      open.isInDoubt = true
      throw error
    }
  }
}

interface OpenFile {
  readonly fd: number
  size: number
  /** How much of it is known to be on disk. */
  synced: number
  isInDoubt: boolean
  syncing: Promise<void> | null
}

function openFile(path: string): OpenFile {
  const fd = openForAppending(path)
  return { fd, size: fstatSync(fd).size, synced: 0, isInDoubt: false, syncing: null }
}

/** Half a line would swallow the next one. */
function cutTo(open: OpenFile): void {
  try {
    ftruncateSync(open.fd, open.size)
  } catch {
    open.isInDoubt = true
  }
}

const toHeader = (after: number) =>
  JSON.stringify({ version: VERSION, writtenBy: ownVersion, after })

const START = '{"version":'

/** True for what a stop leaves of a header, which may be nothing: then no change was stored behind it. */
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
    // Not JSON, or no change.
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
