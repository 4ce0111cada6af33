import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { TokentrayError } from '../base/errors.ts'

/** A line and its position: files are renamed, but keep their inode number. */
export interface PlacedLine {
  readonly text: string
  readonly file: string
  readonly offset: number
}

/** Where a read continues: before the line at this position, if it is still the same line. */
export interface Mark {
  readonly file: string
  readonly offset: number
  readonly isThere: (text: string) => boolean
  /** True to return that line again. */
  readonly isAgain: boolean
}

/** About eighty lines, during which nothing else gets a turn. */
const CHUNK_BYTES = 16_384
const NEWLINE = 0x0a
const NOTHING = Buffer.alloc(0)
/** The record has no longer lines; a longer one is not collected. */
const LONGEST_BYTES = 65_536

/**
 * The lines of these files, newest file first and each from its end, read in chunks of 16 KiB; at most one
 * chunk and one line are held in memory. A mark that no longer exists yields nothing. A deleted file is
 * skipped. Throws `record_unavailable` if a file exists and cannot be read.
 */
export async function* linesBackwards(
  files: readonly string[],
  mark: Mark | null,
): AsyncGenerator<PlacedLine> {
  // A rotation meanwhile renames the file just read to the next name: it is recognized by its inode.
  const read = new Set<string>()
  // After more than one rotation the next name may hold a newer file than the one read: that is not one of
  // the files seen at the start.
  const known = new Set(await Promise.all(files.map(identify)))
  let from = mark
  for (const file of files) {
    const handle = await openFile(file)
    if (!handle) continue
    try {
      const found = await handle.stat({ bigint: true })
      const identity = toIdentity(found)
      if (read.has(identity) || (read.size > 0 && !known.has(identity))) continue
      if (from && from.file !== identity) continue
      const end = from ? from.offset : Number(found.size)
      if (from) {
        const text = await lineAt(handle, from.offset)
        if (!from.isThere(text)) return
        if (from.isAgain) yield { text, offset: from.offset, file: identity }
      }
      from = null
      read.add(identity)
      for await (const [text, offset] of linesOf(handle, end)) {
        yield { text, offset, file: identity }
      }
    } catch (error) {
      throw unavailable(file, error)
    } finally {
      await handle.close()
    }
  }
}

const toIdentity = ({ dev, ino }: { dev: bigint; ino: bigint }) => `${dev}.${ino}`

/** `null` if it does not exist or cannot be inspected; opening it reports the error. */
async function identify(file: string): Promise<string | null> {
  try {
    return toIdentity(await stat(file, { bigint: true }))
  } catch {
    return null
  }
}

async function lineAt(handle: FileHandle, offset: number): Promise<string> {
  const chunk = Buffer.allocUnsafe(LONGEST_BYTES)
  const { bytesRead } = await handle.read(chunk, 0, chunk.length, offset)
  const end = chunk.subarray(0, bytesRead).indexOf(NEWLINE)
  return chunk.toString('utf8', 0, end === -1 ? bytesRead : end)
}

async function openFile(file: string): Promise<FileHandle | null> {
  try {
    // Non-blocking: opening a pipe in its place would block forever.
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
    return null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw unavailable(file, error)
  }
}

async function* linesOf(
  handle: FileHandle,
  size: number,
): AsyncGenerator<readonly [text: string, offset: number]> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  /** The start of this line is still to be read; `null` if it is too long to be a line of the record. */
  let rest: Buffer | null = NOTHING
  for (let end = size; end > 0; ) {
    const start = Math.max(end - CHUNK_BYTES, 0)
    const { bytesRead } = await handle.read(chunk, 0, end - start, start)
    let to = bytesRead
    for (let at = lastNewline(chunk, to); at !== -1; at = lastNewline(chunk, to)) {
      const head = chunk.subarray(at + 1, to)
      if (rest && head.length + rest.length <= LONGEST_BYTES) {
        const line = rest.length === 0 ? head : Buffer.concat([head, rest])
        yield [line.toString('utf8'), start + at + 1]
      }
      rest = NOTHING
      to = at
    }
    const fits: boolean = rest !== null && rest.length + to <= LONGEST_BYTES
    rest = rest && fits ? Buffer.concat([chunk.subarray(0, to), rest]) : null
    end = start
  }
  if (rest) yield [rest.toString('utf8'), 0]
}

/** Index of the last newline before `end`; -1 if there is none. */
const lastNewline = (chunk: Buffer, end: number): number =>
  end === 0 ? -1 : chunk.lastIndexOf(NEWLINE, end - 1)

function unavailable(file: string, cause: unknown): TokentrayError {
  return new TokentrayError('record_unavailable', `${file} cannot be read.`, { cause })
}
