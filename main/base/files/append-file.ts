import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  readSync,
  writeSync,
} from 'node:fs'
import { setImmediate as endOfTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { withDeadline } from '../async/deadline.ts'
import type { Clock } from '../clock.ts'
import { isTokentrayError, TokentrayError } from '../errors.ts'
import { openOwnedLines } from './owned-file.ts'

const syncAsync = promisify(fdatasync)

/**
 * Limit for one fdatasync(2). A caller that arrives during one waits for that and its own. Only fdatasync
 * can be limited: write(2) and the like block the whole process until the kernel returns.
 */
export const DISK_DEADLINE_MS = 5_000

export interface AppendFileOptions<Item> {
  readonly path: string
  /**
   * `kernel`: a line counts as written when write(2) has returned, and survives a crash of this process.
   * `disk`: when fdatasync(2) has returned, and survives a crash of the machine.
   */
  readonly durability: 'kernel' | 'disk'
  /** The number of the first line to append. */
  readonly firstNumber: number
  /**
   * Formats one line, without the newline. Numbers increase in file order; the number of a line that could
   * not be written is used again. Must not throw.
   */
  toLine(item: Item, number: number): string
  /**
   * Runs before each group, while nothing is being written, and may call `reopen`. If it throws, the group
   * fails. The items it returns are written first, in the same group.
   */
  readonly beforeGroup?: () => readonly Item[]
  /** Called after a group was written. */
  readonly afterGroup?: () => void
  /** Flushes to disk; fdatasync(2) by default. */
  readonly sync?: (fd: number) => Promise<void>
  readonly clock: Clock
}

/**
 * An append-only file of lines. Lines that arrive together are written as a group; each is written whole
 * or not at all. A failure (`record_unavailable`) leaves the file as it was, ready for the next attempt; if
 * the disk does not respond, the file is restored before the next line.
 */
export class AppendFile<Item> {
  readonly #options: AppendFileOptions<Item>
  #fd: number
  #size: number
  #nextNumber: number
  #waiting: Item[] = []
  #nextGroup: Promise<void> | undefined
  #lastGroup: Promise<unknown> = Promise.resolve()
  #nextSync: Promise<void> | undefined
  #lastSync: Promise<unknown> = Promise.resolve()
  /** An fdatasync(2) that exceeded its limit: the file is not touched until it returns. */
  #hung: Promise<void> | undefined
  /** The size that fdatasync(2) has confirmed, and the next line number at that time. */
  #synced: { readonly size: number; readonly nextNumber: number }
  /** Bytes of a failed group that are still in the file. */
  #torn = 0
  #closed = false

  /** Opens or creates the file (0600); refuses a symbolic link; cuts off an incomplete last line. */
  constructor(options: AppendFileOptions<Item>) {
    this.#options = options
    this.#nextNumber = options.firstNumber
    try {
      this.#fd = openForAppending(options.path)
      this.#size = fstatSync(this.#fd).size
    } catch (error) {
      throw toRecordError(options.path, error)
    }
    this.#synced = { size: this.#size, nextNumber: this.#nextNumber }
  }

  /** Size of the file in bytes. */
  get size(): number {
    return this.#size
  }

  /** The number of the next line. */
  get nextNumber(): number {
    return this.#nextNumber
  }

  /** Resolves when the line is written, as defined by `durability`. */
  append(item: Item): Promise<void> {
    if (this.#closed) {
      return Promise.reject(toRecordError(this.#options.path, new Error('The file is closed.')))
    }
    this.#waiting.push(item)
    this.#nextGroup ??= this.#scheduleGroup()
    return this.#nextGroup
  }

  /** Resolves when everything appended so far has been written or has failed. */
  async settled(): Promise<void> {
    await this.#lastGroup
    await this.#lastSync
  }

  /**
   * Whether another program has changed the file: its path now leads to another file or none (`gone`), or
   * it is shorter than what we wrote (`cut`).
   */
  look(): 'as it was' | 'gone' | 'cut' {
    if (!isSameFile(this.#options.path, this.#fd)) return 'gone'
    return fstatSync(this.#fd).size < this.#size ? 'cut' : 'as it was'
  }

  /** False once that path leads to another file or none; throws `record_unavailable` if that cannot be checked. */
  isAt(path: string): boolean {
    try {
      return isSameFile(path, this.#fd)
    } catch (error) {
      throw toRecordError(path, error)
    }
  }

  /** The whole content of the open file, even if it has been removed or replaced. */
  read(): string {
    const data = Buffer.alloc(fstatSync(this.#fd).size)
    let length = 0
    for (let got = -1; got !== 0 && length < data.length; length += got) {
      got = readSync(this.#fd, data, length, data.length - length, length)
    }
    return data.toString('utf8', 0, length)
  }

  /**
   * Switches to the file that is now at this path, continuing with `firstNumber` if that is higher. Throws
   * and keeps the old file if the new one cannot be opened.
   */
  reopen(firstNumber = 0): void {
    const fd = openForAppending(this.#options.path)
    closeSync(this.#fd)
    this.#fd = fd
    this.#size = fstatSync(fd).size
    this.#torn = 0
    this.#nextNumber = Math.max(this.#nextNumber, firstNumber)
    this.#synced = { size: this.#size, nextNumber: this.#nextNumber }
  }

  /** Writes what is pending, then closes the file. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.settled()
    // close(2) may block on the disk as well, and with it this thread.
    if (this.#hung) void this.#hung.then(() => closeSync(this.#fd))
    else closeSync(this.#fd)
  }

  #scheduleGroup(): Promise<void> {
    const onDisk = this.#options.durability === 'disk'
    // With `disk` a line is written at once, so that it survives a crash of the process; what many lines
    // share is the fdatasync(2).
    const turn = this.#lastGroup.then(() => (onDisk ? this.#diskReady() : endOfTurn()))
    const written = turn.then(
      () => this.#writeGroup(),
      (error: unknown) => this.#dropGroup(error),
    )
    // Only the callers of this group see its failure; the next group is attempted in any case.
    this.#lastGroup = written.catch(() => undefined)
    return onDisk ? written.then(() => this.#sync()) : written
  }

  #diskReady(): Promise<void> | undefined {
    return this.#hung && this.#withDeadline(this.#hung)
  }

  #withDeadline(work: Promise<void>, whenLate: () => void = () => undefined): Promise<void> {
    const { path, clock } = this.#options
    const late = () => {
      whenLate()
      return diskTooSlow(path)
    }
    return withDeadline(work, { clock, ms: DISK_DEADLINE_MS, late })
  }

  #leaveBehind(work: Promise<void>): void {
    const hung = work
      .catch(() => undefined)
      .then(() => {
        this.#hung = undefined
      })
    this.#hung = hung
  }

  #takeGroup(): readonly Item[] {
    const items = this.#waiting
    this.#waiting = []
    this.#nextGroup = undefined
    return items
  }

  #dropGroup(error: unknown): never {
    this.#takeGroup()
    throw error
  }

  #writeGroup(): void {
    const items = this.#takeGroup()
    try {
      const first = this.#options.beforeGroup?.() ?? []
      this.#cutTorn()
      let text = this.#beginLine()
      let number = this.#nextNumber
      for (const item of [...first, ...items]) text += `${this.#options.toLine(item, number++)}\n`
      const data = Buffer.from(text)
      this.#write(data)
      this.#size += data.length
      this.#nextNumber = number
      this.#torn = 0
    } catch (error) {
      this.#cutTornIfPossible()
      throw toRecordError(this.#options.path, error)
    }
    this.#options.afterGroup?.()
  }

  /** A newline if another program has written or truncated the file so that it ends in half a line. */
  #beginLine(): string {
    const { size } = fstatSync(this.#fd)
    const byOthers = size - this.#size
    if (byOthers === 0) return ''
    this.#size = size
    // What we may have to remove stands at the end, after what others wrote.
    this.#synced = { ...this.#synced, size: Math.max(this.#synced.size + byOthers, 0) }
    if (size === 0) return ''
    const last = Buffer.alloc(1)
    readSync(this.#fd, last, 0, 1, size - 1)
    return last[0] === NEWLINE ? '' : '\n'
  }

  /**
   * Writes on this thread: a copy into the page cache takes microseconds, while libuv's four threads may all
   * be stuck in calls to a keychain that hangs. Does not wait for the fdatasync(2) of earlier lines: whatever
   * write(2) has accepted survives this process.
   */
  #write(data: Buffer): void {
    while (this.#torn < data.length) {
      const left = data.length - this.#torn
      const written = writeSync(this.#fd, data, this.#torn, left, null)
      if (written === 0) throw new Error('Nothing could be written.')
      this.#torn += written
    }
  }

  /** Resolves once everything written so far is on disk; waiting groups share one call. */
  #sync(): Promise<void> {
    this.#nextSync ??= this.#scheduleSync()
    return this.#nextSync
  }

  #scheduleSync(): Promise<void> {
    const sync = this.#lastSync.then(async () => {
      if (this.#nextSync === sync) this.#nextSync = undefined
      else throw toRecordError(this.#options.path, new Error('The lines were taken back.'))
      const reached = { size: this.#size, nextNumber: this.#nextNumber }
      // It takes milliseconds and must not block the event loop.
      const work = (this.#options.sync ?? syncAsync)(this.#fd)
      try {
        await this.#withDeadline(work, () => this.#leaveBehind(work))
        this.#synced = reached
      } catch (error) {
        this.#takeBackUnsynced()
        throw toRecordError(this.#options.path, error)
      }
    })
    this.#lastSync = sync.catch(() => undefined)
    return sync
  }

  /** After a failed fdatasync(2) the state on disk is unknown: the lines it should have flushed are removed. */
  #takeBackUnsynced(): void {
    this.#torn += this.#size - this.#synced.size
    this.#size = this.#synced.size
    this.#nextNumber = this.#synced.nextNumber
    // Lines written meanwhile, which wait for the next call, fail as well.
    this.#nextSync = undefined
    if (!this.#hung) this.#cutTornIfPossible()
  }

  /** Half a line would merge with the next one. Counted from the end, as the file may have been truncated. */
  #cutTorn(): void {
    if (this.#torn === 0) return
    ftruncateSync(this.#fd, Math.max(fstatSync(this.#fd).size - this.#torn, 0))
    this.#torn = 0
  }

  #cutTornIfPossible(): void {
    try {
      this.#cutTorn()
    } catch {
      // Retried before the next group, which is not written while this fails.
    }
  }
}

/** True while `path` leads to this open file: false once it was removed or replaced, also by a link. */
export function isSameFile(path: string, fd: number): boolean {
  const here = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  const { dev, ino } = fstatSync(fd, { bigint: true })
  return here?.dev === dev && here.ino === ino
}

/** Opens a file of lines like `openOwnedLines` and cuts off an incomplete last line. */
export function openForAppending(path: string): number {
  const fd = openOwnedLines(path)
  try {
    const { size } = fstatSync(fd)
    if (size > 0) {
      const whole = lengthOfWholeLines(fd, size)
      if (whole < size) ftruncateSync(fd, whole)
    }
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

const CHUNK_BYTES = 65_536
const NEWLINE = 0x0a

/** The end of the last complete line. Anything after it was never reported as written. */
function lengthOfWholeLines(fd: number, size: number): number {
  const chunk = Buffer.alloc(CHUNK_BYTES)
  for (let end = size; end > 0; ) {
    const start = Math.max(end - CHUNK_BYTES, 0)
    const length = readSync(fd, chunk, 0, end - start, start)
    const newline = chunk.subarray(0, length).lastIndexOf(NEWLINE)
    if (newline >= 0) return start + newline + 1
    end = start
  }
  return 0
}

/** The error for a disk that did not respond within `DISK_DEADLINE_MS`. */
export function diskTooSlow(path: string): TokentrayError {
  return new TokentrayError(
    'record_unavailable',
    `The disk is too slow: ${path} could not be written within ${DISK_DEADLINE_MS / 1_000} seconds.`,
    { hint: 'Check what keeps the disk busy, and try again.' },
  )
}

function toRecordError(path: string, error: unknown): TokentrayError {
  if (isTokentrayError(error)) return error
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
  return new TokentrayError('record_unavailable', `${path} cannot be written${code}.`, {
    cause: error,
  })
}
