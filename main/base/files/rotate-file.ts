import { closeSync, lstatSync, openSync, renameSync, rmSync } from 'node:fs'

/** No process needs its mark longer than this, but one that was killed. */
const STALE_MS = 10_000

/**
 * Gives a file its older name, over what has that so far, if `isDue` says so of its size in bytes; several
 * processes may want it at once. One of them does it, and asks only then: a second one would move the new
 * file over the old lines. Who comes meanwhile goes on in the file that there is. Throws where the file
 * cannot be renamed.
 */
export function rotateFile(file: string, older: string, isDue: (size: number) => boolean): void {
  const mark = `${file}.turning`
  if (!makeMark(mark)) return
  try {
    // Another process may have done it since it was wanted, and nobody has begun a new one yet.
    const found = lstatSync(file, { throwIfNoEntry: false })
    if (found && isDue(found.size)) renameSync(file, older)
  } finally {
    rmSync(mark, { force: true })
  }
}

/** False while another process has made it; one that was killed with it is not waited for again. */
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
