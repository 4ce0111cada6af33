import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { TokentrayError } from '../base/errors.ts'
import { auditFiles } from './audit-files.ts'

/** One line of the record as a person is shown it. */
export interface ActivityLine {
  /** Epoch milliseconds. */
  readonly at: number
  readonly event: string
  readonly client?: string
  readonly account?: string
  readonly lease?: string
  readonly reason?: string
  readonly code?: string
}

interface ReadOptions {
  /** Kept are lines that have this text in client, account, event, reason or code; empty: all. */
  readonly search: string
  /** The most lines that are returned. */
  readonly limit: number
}

const CHUNK_BYTES = 65_536
const NEWLINE = 0x0a
const NOTHING = Buffer.alloc(0)
/** The record writes no longer line; what is longer is none of its lines, and is not gathered. */
const LONGEST_BYTES = CHUNK_BYTES

/**
 * The record of this folder, newest line first. Reads no further back than it has to, and holds two
 * chunks of 64 KiB at a time. Lines that cannot be read are left out, and so is a file that is gone.
 * Rejects with `record_unavailable` for a file that is there and cannot be read.
 */
export async function readActivity(
  folder: string,
  { search, limit }: ReadOptions,
): Promise<readonly ActivityLine[]> {
  const found: ActivityLine[] = []
  if (limit <= 0) return found
  const wanted = search.trim().toLowerCase()
  // Ten megabytes are sooner searched than parsed; but what JSON may spell otherwise is not in them.
  const isPlain = /^[\x20-\x7e]+$/.test(wanted) && !/["\\]/.test(wanted)
  for await (const text of linesBackwards(auditFiles(folder))) {
    if (isPlain && !text.toLowerCase().includes(wanted)) continue
    const line = parseLine(text)
    if (!line || !matches(line, wanted)) continue
    found.push(line)
    if (found.length >= limit) break
  }
  return found
}

async function* linesBackwards(files: readonly string[]): AsyncGenerator<string> {
  // A rotation in the meantime makes the file that was read the next one: it is known by its number.
  const read = new Set<string>()
  for (const file of files) {
    const handle = await openFile(file)
    if (!handle) continue
    try {
      const { dev, ino, size } = await handle.stat({ bigint: true })
      const identity = `${dev} ${ino}`
      if (read.has(identity)) continue
      read.add(identity)
      yield* linesOf(handle, Number(size))
    } catch (error) {
      throw unavailable(file, error)
    } finally {
      await handle.close()
    }
  }
}

async function openFile(file: string): Promise<FileHandle | null> {
  try {
    // Without waiting: a pipe that somebody put there would be waited for without end.
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
    return null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw unavailable(file, error)
  }
}

async function* linesOf(handle: FileHandle, size: number): AsyncGenerator<string> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  /** The start of this line is still to be read; `null`: it is too long to be one. */
  let rest: Buffer | null = NOTHING
  for (let end = size; end > 0; ) {
    const start = Math.max(end - CHUNK_BYTES, 0)
    const { bytesRead } = await handle.read(chunk, 0, end - start, start)
    let to = bytesRead
    for (let at = lastNewline(chunk, to); at !== -1; at = lastNewline(chunk, to)) {
      const head = chunk.subarray(at + 1, to)
      if (rest) yield (rest.length === 0 ? head : Buffer.concat([head, rest])).toString('utf8')
      rest = NOTHING
      to = at
    }
    const fits: boolean = rest !== null && rest.length + to <= LONGEST_BYTES
    rest = rest && fits ? Buffer.concat([chunk.subarray(0, to), rest]) : null
    end = start
  }
  if (rest) yield rest.toString('utf8')
}

/** The last one before `end`; -1 where there is none. */
const lastNewline = (chunk: Buffer, end: number): number =>
  end === 0 ? -1 : chunk.lastIndexOf(NEWLINE, end - 1)

function parseLine(text: string): ActivityLine | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const members = new Map<string, unknown>(Object.entries(value))
    const event = members.get('event')
    const at = Date.parse(String(members.get('time')))
    if (typeof event !== 'string' || Number.isNaN(at)) return null
    const texts = optional.flatMap((name) => {
      const member = members.get(name)
      return typeof member === 'string' ? [[name, member] as const] : []
    })
    return { at, event, ...Object.fromEntries(texts) }
  } catch {
    // Empty, torn, or not ours.
    return null
  }
}

const optional = ['client', 'account', 'lease', 'reason', 'code'] as const

function matches({ event, client, account, reason, code }: ActivityLine, wanted: string): boolean {
  if (wanted === '') return true
  return [client, account, event, reason, code].some((text) => text?.toLowerCase().includes(wanted))
}

function unavailable(file: string, cause: unknown): TokentrayError {
  return new TokentrayError('record_unavailable', `${file} cannot be read.`, { cause })
}
