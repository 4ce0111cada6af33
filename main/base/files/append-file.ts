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
 * How long one fdatasync(2) is waited for. Who came while another was under way waits for both. Only
 * this can be bounded: write(2) and its like hold the whole process until the kernel answers.
 */
export const DISK_DEADLINE_MS = 5_000

export interface AppendFileOptions<Item> {
  readonly path: string
  /**
   * `kernel`: a line counts as written when write(2) has returned, so that a crash of this process
   * cannot lose it. `disk`: when fdatasync(2) has returned, so that a crash of the machine cannot.
   */
  readonly durability: 'kernel' | 'disk'
  /** The number of the first line that will be appended. */
  readonly firstNumber: number
  /**
   * Makes one line, without its end. Numbers follow each other in the order of the lines in the
   * file; the number of a line that could not be written is given again. Must not throw.
   */
  toLine(item: Item, number: number): string
  /**
   * Runs before each group, while nothing is being written; may `reopen`. Throwing fails the group. What
   * it returns is written first, in the same group.
   */
  readonly beforeGroup?: () => readonly Item[]
  /** Called when a group has been written. */
  readonly afterGroup?: () => void
  /** Brings what was written onto the disk; fdatasync(2) unless given. */
  readonly sync?: (fd: number) => Promise<void>
  readonly clock: Clock
}

/**
 * A file of lines that only grows. Lines that arrive together are written together; each is written
 * whole or not at all, and a failure (`record_unavailable`) leaves the file fit for the next try, as it
 * was: on a disk that does not answer, from the next line on.
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
  /** An fdatasync(2) that nobody waits for any more: nothing is done to the file until it is back. */
  #hung: Promise<void> | undefined
  /** How much of the file fdatasync(2) has confirmed, and the number that followed then. */
  #synced: { readonly size: number; readonly nextNumber: number }
  /** Bytes of a failed group that are still in the file. */
  #torn = 0
  #closed = false

  /** Opens the file, or makes it (0600); refuses a symbolic link; cuts an unfinished last line. */
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

  /** Length of the file in bytes. */
  get size(): number {
    return this.#size
  }

  /** The number that the next line gets. */
  get nextNumber(): number {
    return this.#nextNumber
  }

  /** Resolves when the line is written, as `durability` defines it. */
  append(item: Item): Promise<void> {
    if (this.#closed) {
      return Promise.reject(toRecordError(this.#options.path, new Error('The file is closed.')))
    }
    this.#waiting.push(item)
    this.#nextGroup ??= this.#scheduleGroup()
    return this.#nextGroup
  }

  /** Resolves when nothing that was appended so far is still to be written. */
  async settled(): Promise<void> {
    await this.#lastGroup
    await this.#lastSync
  }

  /**
   * What others have done with the file: its path leads to another one or to none (`gone`), or it is
   * shorter than what was written (`cut`).
   */
  look(): 'as it was' | 'gone' | 'cut' {
    if (!isSameFile(this.#options.path, this.#fd)) return 'gone'
    return fstatSync(this.#fd).size < this.#size ? 'cut' : 'as it was'
  }

  /** False once that path leads to another file, or to none; throws `record_unavailable` where nobody can say. */
  isAt(path: string): boolean {
    try {
      return isSameFile(path, this.#fd)
    } catch (error) {
      throw toRecordError(path, error)
    }
  }

  /** All that is in the file, also where nothing leads to it any more. */
  read(): string {
    const data = Buffer.alloc(fstatSync(this.#fd).size)
    let length = 0
    for (let got = -1; got !== 0 && length < data.length; length += got) {
      got = readSync(this.#fd, data, length, data.length - length, length)
    }
    return data.toString('utf8', 0, length)
  }

  /**
   * Goes on with the file that now has this path, and from this number on if it is higher; if it cannot
   * be opened, stays with the old one.
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

  /** Writes what is waiting, then closes the file. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.settled()
    // close(2) may wait for the disk as well, and this thread with it.
    if (this.#hung) void this.#hung.then(() => closeSync(this.#fd))
    else closeSync(this.#fd)
  }

  #scheduleGroup(): Promise<void> {
    const onDisk = this.#options.durability === 'disk'
    // A line for the disk does not wait for company: what a crash must not lose is written at once,
    // and it is fdatasync(2) that many share.
    const turn = this.#lastGroup.then(() => (onDisk ? this.#diskBack() : endOfTurn()))
    const written = turn.then(
      () => this.#writeGroup(),
      (error: unknown) => this.#dropGroup(error),
    )
    // The callers of this group are told of its failure; the next group is tried in any case.
    this.#lastGroup = written.catch(() => undefined)
    return onDisk ? written.then(() => this.#sync()) : written
  }

  #diskBack(): Promise<void> | undefined {
    return this.#hung && this.#inTime(this.#hung)
  }

  #inTime(work: Promise<void>, whenLate: () => void = () => undefined): Promise<void> {
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

  /** What has to stand before the next line, because others have written or cut half a line. */
  #beginLine(): string {
    const { size } = fstatSync(this.#fd)
    const byOthers = size - this.#size
    if (byOthers === 0) return ''
    this.#size = size
    // What we have to take back stands at the end, behind what others did.
    this.#synced = { ...this.#synced, size: Math.max(this.#synced.size + byOthers, 0) }
    if (size === 0) return ''
    const last = Buffer.alloc(1)
    readSync(this.#fd, last, 0, 1, size - 1)
    return last[0] === NEWLINE ? '' : '\n'
  }

  /**
   * On this thread: a copy into the page cache takes microseconds, and libuv's four threads may all be
   * stuck in calls to a keychain that hangs. And at once, not after the fdatasync(2) of the lines
   * before: what write(2) has taken survives this process.
   */
  #write(data: Buffer): void {
    while (this.#torn < data.length) {
      const left = data.length - this.#torn
      const written = writeSync(this.#fd, data, this.#torn, left, null)
      if (written === 0) throw new Error('Nothing could be written.')
      this.#torn += written
    }
  }

  /** Resolves once all that is written so far is on disk; groups that wait for it share one call. */
  #sync(): Promise<void> {
    this.#nextSync ??= this.#scheduleSync()
    return this.#nextSync
  }

  #scheduleSync(): Promise<void> {
    const sync = this.#lastSync.then(async () => {
      if (this.#nextSync === sync) this.#nextSync = undefined
      else throw toRecordError(this.#options.path, new Error('The lines were taken back.'))
      const reached = { size: this.#size, nextNumber: this.#nextNumber }
      // It takes milliseconds and must not stop the loop.
      const work = (this.#options.sync ?? syncAsync)(this.#fd)
      try {
        await this.#inTime(work, () => this.#leaveBehind(work))
        this.#synced = reached
      } catch (error) {
        this.#takeBackUnsynced()
        throw toRecordError(this.#options.path, error)
      }
    })
    this.#lastSync = sync.catch(() => undefined)
    return sync
  }

  /** After a failed fdatasync(2) nobody knows what is on disk: what it should have covered goes. */
  #takeBackUnsynced(): void {
    this.#torn += this.#size - this.#synced.size
    this.#size = this.#synced.size
    this.#nextNumber = this.#synced.nextNumber
    // Who was written meanwhile and waits for the next call is told, and starts over.
    this.#nextSync = undefined
    if (!this.#hung) this.#cutTornIfPossible()
  }

  /** Half a line would swallow the next one. Counted from the end: somebody may have cut the file. */
  #cutTorn(): void {
    if (this.#torn === 0) return
    ftruncateSync(this.#fd, Math.max(fstatSync(this.#fd).size - this.#torn, 0))
    this.#torn = 0
  }

  #cutTornIfPossible(): void {
    try {
      this.#cutTorn()
    } catch {
      // Tried again before the next group, which is not written while this fails.
    }
  }
}

/** False once the file that is open has been removed, or another one, or a link, has its path. */
export function isSameFile(path: string, fd: number): boolean {
  const here = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  const { dev, ino } = fstatSync(fd, { bigint: true })
  return here?.dev === dev && here.ino === ino
}

/** Opens a file of lines as `openOwnedLines` does, and cuts an unfinished last line. */
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

/** Where the last line that was finished ends. What follows was never reported as written. */
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

/** That the disk under this file did not answer within `DISK_DEADLINE_MS`. */
export function diskTooSlow(path: string): TokentrayError {
  return new TokentrayError(
    'record_unavailable',
    `The disk is too slow: ${path} could not be written within ${DISK_DEADLINE_MS / 1_000} seconds.`,
    { hint: 'See what keeps the disk busy, and try again.' },
  )
}

function toRecordError(path: string, error: unknown): TokentrayError {
  if (isTokentrayError(error)) return error
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
  return new TokentrayError('record_unavailable', `${path} cannot be written${code}.`, {
    cause: error,
  })
}
