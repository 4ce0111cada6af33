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
 * Makes a file of ours inaccessible to other users (0600). Does nothing for a link, a file of another user,
 * a file with several hard links, or anything but a regular file.
 */
export function makePrivate(file: string): void {
  // Windows has no modes; there the folder in the user's profile protects the files.
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
 * The text of a file; throws for anything but a regular file.
 *
 * Security: a pipe or device that another user has put there must not block the reader forever.
 */
export function readRegularFile(file: string): string {
  return readChecked(file, 0, requireFile)
}

/** The text of a regular file that only this user can have written; throws for any other, and for a link. */
export function readOwnFile(file: string): string {
  return readChecked(file, constants.O_NOFOLLOW ?? 0, (found) => {
    requireFile(found)
    const me = process.getuid?.()
    // Windows has neither; there the folder in the user's profile protects the files.
    if (me === undefined || (found.uid === me && isClosedTo(found, me))) return
    throw new Error('Another user can have written it.')
  })
}

function readChecked(file: string, flags: number, check: (found: Stats) => void): string {
  const { O_RDONLY, O_NONBLOCK = 0 } = constants
  const fd = openSync(file, O_RDONLY | O_NONBLOCK | flags)
  try {
    check(fstatSync(fd))
    return readFileSync(fd, 'utf8')
  } finally {
    closeSync(fd)
  }
}

function requireFile(found: Stats): void {
  if (!found.isFile()) throw new Error('It is not a regular file.')
}

/**
 * Opens a file of lines, or creates it (0600), to append to and read. Does not follow links, does not block
 * on a pipe, and throws for a file of another user.
 */
export function openOwnedLines(file: string): number {
  const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants
  // Security: links are not followed, so that no other user can redirect our lines into another file.
  const flags = O_RDWR | O_CREAT | O_APPEND | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0)
  const fd = openSync(file, flags, 0o600)
  try {
    const found = fstatSync(fd)
    const me = process.getuid?.()
    // Security: a file that another user put there for us to write into.
    if (me !== undefined && found.isFile() && found.uid !== me) {
      throw new Error('It belongs to another user.')
    }
    if (found.isFile() && (found.mode & 0o077) !== 0) fchmodSync(fd, 0o600)
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/**
 * Throws `record_unavailable` unless the target of a link is a file that no other user can replace: owned by
 * this user, in a folder that only this user can write to.
 */
export function requireOwnedTarget(link: string, target: string): void {
  const [file, folder] = [lstatSync(target), lstatSync(path.dirname(target))]
  const uid = process.getuid?.()
  const isOurs = uid === undefined || (file.uid === uid && folder.uid === uid)
  const isClosed = [file, folder].every((each) => uid === undefined || isClosedTo(each, uid))
  if (file.isFile() && isOurs && isClosed) return
  throw new TokentrayError(
    'record_unavailable',
    `${link} is a link to ${target}, which is not a file or can be replaced by other users.`,
    {
      hint: 'Link to a file of your own in a folder that only you can write to, or remove the link.',
    },
  )
}

/** Many systems create a group for each user: one with the same number is the user's own. */
function isClosedTo({ mode, gid }: Stats, uid: number): boolean {
  return (mode & (gid === uid ? 0o002 : 0o022)) === 0
}
