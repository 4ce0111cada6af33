import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  type Stats,
} from 'node:fs'
import path from 'node:path'
import { TokentrayError } from '../errors.ts'

/**
 * Takes a file of ours from all other users (0600). Does nothing to what a link leads to, to a file of
 * somebody else, to one that has other names too, and to what is no file.
 */
export function makePrivate(file: string): void {
  // Windows has no modes; there the folder in the user's profile is what protects the files.
  if (process.platform === 'win32') return
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  let fd: number
  try {
    fd = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOOP') return
    throw error
  }
  try {
    const found = fstatSync(fd)
    const isOurs = found.isFile() && found.nlink === 1 && found.uid === process.getuid?.()
    if (isOurs && (found.mode & 0o777) !== 0o600) fchmodSync(fd, 0o600)
  } finally {
    closeSync(fd)
  }
}

/**
 * The text of a file; throws for what is none.
 *
 * Security: a pipe or a device that somebody has put there must not keep its reader for ever.
 */
export function readRegularFile(file: string): string {
  const { O_RDONLY, O_NONBLOCK = 0 } = constants
  const fd = openSync(file, O_RDONLY | O_NONBLOCK)
  try {
    if (!fstatSync(fd).isFile()) throw new Error(`${file} is not a plain file.`)
    return readFileSync(fd, 'utf8')
  } finally {
    closeSync(fd)
  }
}

/**
 * Opens a file of lines, or makes it (0600), to append to it and to read it. Follows no link, waits for
 * nobody at the other end of a pipe, and throws where it is a file of another user.
 */
export function openOwnedLines(file: string): number {
  const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants
  // Security: no link is followed, so that nobody can direct our lines into another file.
  const flags = O_RDWR | O_CREAT | O_APPEND | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0)
  const fd = openSync(file, flags, 0o600)
  try {
    const found = fstatSync(fd)
    const me = process.getuid?.()
    // Security: a file that somebody put there for us to write into.
    if (me !== undefined && found.isFile() && found.uid !== me) {
      throw new Error('It is of another user.')
    }
    if (found.isFile() && (found.mode & 0o077) !== 0) fchmodSync(fd, 0o600)
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/**
 * Throws `record_unavailable` unless what a link leads to is a file that nobody else can exchange for
 * another: of this user, in a folder where only this user can write.
 */
export function requireOwnedTarget(link: string, target: string): void {
  const [file, folder] = [lstatSync(target), lstatSync(path.dirname(target))]
  const uid = process.getuid?.()
  const isOurs = uid === undefined || (file.uid === uid && folder.uid === uid)
  const isClosed = [file, folder].every((each) => uid === undefined || isClosedTo(each, uid))
  if (file.isFile() && isOurs && isClosed) return
  throw new TokentrayError(
    'record_unavailable',
    `${link} is a link to ${target}, which others could exchange, or which is no file.`,
    { hint: 'Make it a file of yours, in a folder where only you may write, or remove the link.' },
  )
}

/** A group of the same number is the user's own, as many systems make one for each user. */
function isClosedTo({ mode, gid }: Stats, uid: number): boolean {
  return (mode & (gid === uid ? 0o002 : 0o022)) === 0
}
