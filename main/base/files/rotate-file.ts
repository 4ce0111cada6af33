import { closeSync, lstatSync, openSync, renameSync, rmSync } from 'node:fs'

/** An older mark was left by a process that was killed. */
const STALE_MS = 10_000

/**
 * Renames a file to `older`, replacing that, if `isDue` is true for its size in bytes. When several processes
 * call it at once, only the one that makes the mark checks and renames: a second rename would replace the old
 * lines with the new file. The others continue with the current file. Throws if the file cannot be renamed.
 */
export function rotateFile(file: string, older: string, isDue: (size: number) => boolean): void {
  const mark = `${file}.turning`
  if (!makeMark(mark)) return
  try {
    // Another process may have rotated it since, and the new file may not exist yet.
    const found = lstatSync(file, { throwIfNoEntry: false })
    if (found && isDue(found.size)) renameSync(file, older)
  } finally {
    rmSync(mark, { force: true })
  }
}

/** False if another process has made it; a stale mark is removed for the next caller. */
function makeMark(mark: string): boolean {
  try {
    closeSync(openSync(mark, 'wx', 0o600))
    return true
  } catch {
    const found = lstatSync(mark, { throwIfNoEntry: false })
    if (found && Math.abs(Date.now() - found.mtimeMs) > STALE_MS) rmSync(mark, { force: true })
    return false
  }
}
