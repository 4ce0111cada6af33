import { closeSync, fstatSync, readSync, writeSync } from 'node:fs'
import path from 'node:path'
import { openOwnedLines } from './owned-file.ts'
import { makeOwnedFolder } from './owned-folder.ts'
import { rotateFile } from './rotate-file.ts'

/** The file is rotated when it would exceed this: 1 MB. */
const LOG_FILE_BYTES = 1_000_000

const NEWLINE = 0x0a

/** The log file of a data folder, for users who do not see standard error. */
export const logFileIn = (folder: string): string => path.join(folder, 'tokentray.log')

/** The previous log. */
const olderOf = (file: string): string => file.replace(/\.log$/, '.1.log')

/**
 * Returns a function that appends lines to the log file of a folder, each with one write(2), so that the
 * lines of several processes do not mix. Throws if a line cannot be written. Does not write into links,
 * pipes or files of other users.
 */
export function createLogFile(folder: string, bytes = LOG_FILE_BYTES): (line: string) => void {
  const file = logFileIn(folder)
  return (line) => {
    const isTooLong = (size: number) => size > 0 && size + Buffer.byteLength(line) > bytes
    // Reopened for each line: another process may have rotated the file, and a log has few lines.
    makeOwnedFolder(folder)
    if (withFile(file, (fd) => isTooLong(fstatSync(fd).size)))
      rotateFile(file, olderOf(file), isTooLong)
    withFile(file, (fd) => write(fd, line))
  }
}

function withFile<Value>(file: string, work: (fd: number) => Value): Value {
  const fd = openOwnedLines(file)
  try {
    // Security: another user may have put something there for us to write into.
    const found = fstatSync(fd)
    if (!found.isFile() || found.nlink !== 1)
      throw new Error(`${file} is not a regular file of this user.`)
    return work(fd)
  } finally {
    closeSync(fd)
  }
}

function write(fd: number, line: string): void {
  // A line that a full disk has cut off must not merge with this one. A line that another process is
  // writing right now may look the same: then an empty line follows it.
  writeSync(fd, `${isTorn(fd) ? '\n' : ''}${line}`)
}

function isTorn(fd: number): boolean {
  const { size } = fstatSync(fd)
  const last = Buffer.alloc(1)
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE
}
