import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import path from 'node:path'
import type { Clock } from '../base/clock.ts'
import { syncFolderOf } from '../base/files/durable-write.ts'
import { setAside } from '../base/files/set-aside.ts'

/** Where the previous content of a file is kept while the new one is written. */
export const previousOf = (file: string): string => `${file}.before`

/**
 * Runs `write`, which replaces a file, and checks that the file then holds `expected`; if not, restores the
 * previous content and throws.
 *
 * conf writes a new file and renames it, but does not check how many bytes write(2) accepted (atomically
 * 2.1.1): on an almost full disk it puts half a file in place and reports no error.
 */
export function replaceChecked(file: string, expected: string, write: () => void): void {
  const before = previousOf(file)
  const existed = existsSync(file)
  rmSync(before, { force: true })
  if (existed) keep(file, before)
  try {
    write()
    if (readFileSync(file, 'utf8') !== expected) throw new Error('The file was not written whole.')
    syncFolderOf(file)
  } catch (error) {
    if (existed) renameSync(before, file)
    else rmSync(file, { force: true })
    removeUnfinished(file)
    throw error
  } finally {
    // Needed after a failure too: rename(2) leaves both names if they are links to the same file.
    rmSync(before, { force: true })
  }
}

/**
 * Undoes a replacement that a crash interrupted, unless the file satisfies `isGood`. A file that does not
 * is kept under another name, which is returned.
 */
export function finishReplacement(
  file: string,
  isGood: (content: Buffer) => boolean,
  clock: Clock,
): string | null {
  const before = previousOf(file)
  if (!existsSync(before)) return null
  if (existsSync(file) && isGood(readFileSync(file))) {
    rmSync(before, { force: true })
    return null
  }
  const aside = existsSync(file) ? setAside(file, clock) : null
  renameSync(before, file)
  return aside
}

/** Removes the temporary files of conf, which removes them only later, and never after a crash. */
export function removeUnfinished(file: string): void {
  const folder = path.dirname(file)
  const start = `${path.basename(file)}.tmp-`
  for (const name of readdirSync(folder)) {
    if (name.startsWith(start)) rmSync(path.join(folder, name), { force: true })
  }
}

/** A hard link to the old content needs no disk space; not every file system supports them. */
function keep(file: string, before: string): void {
  try {
    linkSync(file, before)
  } catch {
    copyFileSync(file, before, constants.COPYFILE_EXCL)
  }
}
