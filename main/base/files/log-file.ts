import { closeSync, fstatSync, readSync, writeSync } from 'node:fs'
import path from 'node:path'
import { openOwnedLines } from './owned-file.ts'
import { makeOwnedFolder } from './owned-folder.ts'
import { rotateFile } from './rotate-file.ts'

/** How long the file may become before it makes room for a new one: 1 MB. */
const LOG_FILE_BYTES = 1_000_000

const NEWLINE = 0x0a

/** The log of whoever has this data folder: for people who see nothing of standard error. */
export const logFileIn = (folder: string): string => path.join(folder, 'tokentray.log')

/** What the log was before it became too long. */
const olderOf = (file: string): string => file.replace(/\.log$/, '.1.log')

/**
 * Makes what writes lines into the log file of that folder, in one write(2) each, so that lines of
 * several processes stand whole beside each other. Throws where a line cannot be written. Links, pipes
 * and files of others are not written into.
 */
export function createLogFile(folder: string, bytes = LOG_FILE_BYTES): (line: string) => void {
  const file = logFileIn(folder)
  return (line) => {
    const isTooLong = (size: number) => size > 0 && size + Buffer.byteLength(line) > bytes
    // Each time: another process may have begun a new file, and a log has few lines.
    makeOwnedFolder(folder)
    if (withFile(file, (fd) => isTooLong(fstatSync(fd).size)))
      rotateFile(file, olderOf(file), isTooLong)
    withFile(file, (fd) => write(fd, line))
  }
}

function withFile<Value>(file: string, work: (fd: number) => Value): Value {
  const fd = openOwnedLines(file)
  try {
    // Security: what somebody put there for us to write into.
    const found = fstatSync(fd)
    if (!found.isFile() || found.nlink !== 1)
      throw new Error(`${file} is no file of this user alone.`)
    return work(fd)
  } finally {
    closeSync(fd)
  }
}

function write(fd: number, line: string): void {
  // What a full disk has cut off must not swallow this line as well. A line that another process is
  // just writing may look so, too: then there is an empty one behind it.
  writeSync(fd, `${isTorn(fd) ? '\n' : ''}${line}`)
}

function isTorn(fd: number): boolean {
  const { size } = fstatSync(fd)
  const last = Buffer.alloc(1)
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE
}
