import { randomBytes } from 'node:crypto'
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { TokentrayError } from '../errors.ts'

/** The longest file that is read, in bytes. */
export const LONGEST_FILE = 1024 * 1024

/**
 * Writes a text file that the user has chosen, for this user alone (0600); resolves nothing by a link. Rejects
 * with `already_exists` for an existing file unless it may be replaced, with `invalid_request` if it cannot be
 * written, and as `text` does. The file appears, or is replaced, once all of the text is on the disk; otherwise
 * there is none, or the old one.
 */
export async function writeChosenFile(
  file: string,
  text: string | AsyncIterable<string>,
  { replace }: { readonly replace: boolean },
): Promise<void> {
  // The name is taken before a long text is read, not after.
  if (!replace) await (await create(file, file)).close()
  // Renaming replaces a link instead of following it.
  const beside = `${file}.${randomBytes(6).toString('hex')}`
  try {
    await fill(beside, file, text)
    await orNotWritten(file, rename(beside, file))
  } catch (error) {
    const left = replace ? [beside] : [beside, file]
    // Why it was not written matters more than a file that cannot be removed.
    await Promise.allSettled(left.map((each) => rm(each, { force: true })))
    throw error
  }
}

async function fill(
  beside: string,
  file: string,
  text: string | AsyncIterable<string>,
): Promise<void> {
  const handle = await create(beside, file)
  try {
    for await (const piece of typeof text === 'string' ? [text] : text) {
      await orNotWritten(file, handle.appendFile(piece))
    }
    await orNotWritten(file, handle.sync())
  } finally {
    await handle.close()
  }
}

async function create(target: string, file: string): Promise<FileHandle> {
  try {
    // Security: exclusive creation follows no link and reuses no file that others may read.
    return await open(target, 'wx', 0o600)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || isFolder(file)) throw notWritten(file, error)
    throw new TokentrayError('already_exists', `The file already exists: ${file}`, {
      cause: error,
      hint: 'Choose another file, or add --force to replace it.',
    })
  }
}

async function orNotWritten(file: string, step: Promise<unknown>): Promise<void> {
  try {
    await step
  } catch (error) {
    throw notWritten(file, error)
  }
}

/**
 * The text of a file that the user has chosen. Throws `invalid_request` for anything but a regular file that can be
 * read, and for one longer than `LONGEST_FILE`.
 *
 * Security: a pipe must not block the reader forever, and a huge file must not fill the memory.
 */
export function readChosenFile(file: string): string {
  let descriptor: number
  try {
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw notRead(file, 'Check that it exists and that you may read it.', error)
  }
  try {
    if (!fstatSync(descriptor).isFile()) throw notRead(file, 'It is not a file.')
    return readAll(descriptor, file)
  } finally {
    closeSync(descriptor)
  }
}

function readAll(descriptor: number, file: string): string {
  // One byte more than allowed shows that there is more, even if the file grows meanwhile.
  const buffer = Buffer.alloc(LONGEST_FILE + 1)
  let length = 0
  while (length < buffer.length) {
    const count = readPiece(descriptor, buffer, length, file)
    if (count === 0) break
    length += count
  }
  if (length > LONGEST_FILE) throw tooLong(file)
  return buffer.toString('utf8', 0, length)
}

function readPiece(descriptor: number, buffer: Buffer, length: number, file: string): number {
  try {
    return readSync(descriptor, buffer, length, buffer.length - length, null)
  } catch (error) {
    throw notRead(file, 'The system cannot read what is in it.', error)
  }
}

/** The text of a stream; throws `invalid_request` once it is longer than `LONGEST_FILE`. */
export async function readChosenStream(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of stream) {
    const bytes = Buffer.from(piece)
    length += bytes.length
    if (length > LONGEST_FILE) throw tooLong('standard input')
    pieces.push(bytes)
  }
  return Buffer.concat(pieces).toString('utf8')
}

const tooLong = (file: string) => notRead(file, 'It is larger than 1 MB.')

function notRead(file: string, hint: string, cause?: unknown): TokentrayError {
  return new TokentrayError('invalid_request', `Cannot read the file: ${file}`, { cause, hint })
}

const FULL = 'The disk is full. Free some space, or choose another disk.'
const BARRED = 'You cannot write to that folder. Choose another one.'

/** What to do about the usual reasons. */
const HINTS: ReadonlyMap<unknown, string> = new Map([
  ...(['ENOSPC', 'EDQUOT', 'EFBIG'] as const).map((code) => [code, FULL] as const),
  ...(['EACCES', 'EPERM', 'EROFS'] as const).map((code) => [code, BARRED] as const),
  ...(['ENOENT', 'ENOTDIR'] as const).map(
    (code) => [code, 'That folder does not exist. Choose another one.'] as const,
  ),
])

/** The error for a file that the user has chosen and that cannot be written for this reason. */
export function notWritten(file: string, cause?: unknown): TokentrayError {
  return new TokentrayError('invalid_request', `Cannot write the file: ${file}`, {
    cause,
    hint: isFolder(file)
      ? 'There is a folder of that name. Choose another name.'
      : (HINTS.get(codeOf(cause)) ?? 'Choose another folder.'),
  })
}

/** True for a folder; a link to one is none, and is replaced like a file. */
export function isFolder(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false
  } catch {
    // Its folder is not a folder or not accessible: writing the file reports that.
    return false
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : '')
