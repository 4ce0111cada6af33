import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { TokentrayError } from '../errors.ts'

/** The longest file that is read, in bytes. */
export const LONGEST_FILE = 1024 * 1024

/**
 * Writes a text file that the user has chosen, for this user alone (0600); resolves nothing by a link. Throws
 * `already_exists` for an existing file unless it may be replaced, which then happens at once, and
 * `invalid_request` if it cannot be written; then there is no file, or the old one.
 */
export function writeChosenFile(
  file: string,
  text: string,
  { replace }: { readonly replace: boolean },
): void {
  // Renaming replaces a link instead of following it.
  const target = replace ? `${file}.${randomBytes(6).toString('hex')}` : file
  const descriptor = create(target, file)
  try {
    try {
      writeFileSync(descriptor, text)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    if (replace) renameSync(target, file)
  } catch (error) {
    rmSync(target, { force: true })
    throw notWritten(file, error)
  }
}

function create(target: string, file: string): number {
  try {
    // Security: exclusive creation follows no link and reuses no file that others may read.
    return openSync(target, 'wx', 0o600)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw notWritten(file, error)
    throw new TokentrayError('already_exists', `The file already exists: ${file}`, {
      cause: error,
      hint: 'Choose another file, or add --force to replace it.',
    })
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

function notWritten(file: string, cause: unknown): TokentrayError {
  return new TokentrayError('invalid_request', `Cannot write the file: ${file}`, {
    cause,
    hint: 'Choose a folder that exists, that you can write to, and whose disk has space.',
  })
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : '')
