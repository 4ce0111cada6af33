import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { TokentrayError } from '../errors.ts'

/**
 * The file that stands behind a link, or the path itself where there is no link. Throws
 * `record_unavailable` for a link to nothing: to take it for an absent file would begin anew beside
 * what the person keeps elsewhere, and would make that place.
 */
export function followLink(file: string): string {
  if (!isLink(file)) return file
  try {
    return realpathSync(file)
  } catch (error) {
    throw new TokentrayError(
      'record_unavailable',
      `${file} is a link to ${readlinkSync(file)}, which is not there.`,
      { cause: error, hint: 'Bring back what the link leads to, or remove the link.' },
    )
  }
}

const FILE_ITSELF =
  'Remove the link and put the file itself there, or set TOKENTRAY_HOME to another folder.'

/** Throws `record_unavailable` for a link where none may be, wherever it leads. */
export function refuseLink(file: string, hint = FILE_ITSELF): void {
  if (!isLink(file)) return
  throw new TokentrayError('record_unavailable', `${file} is a link, and none is followed there.`, {
    hint,
  })
}

/** Throws `record_unavailable` where something is there that is no file: a pipe would be waited for without end. */
export function requireRegularFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found || found.isFile()) return
  throw new TokentrayError('record_unavailable', `${file} is no file.`, {
    hint: 'Take it away, or put the file back that was there.',
  })
}

/** The first part of a path that is a link to nothing; `null` if none is. */
export function danglingPart(file: string): string | null {
  for (let part = path.resolve(file); ; part = path.dirname(part)) {
    if (isLink(part) && !leadsSomewhere(part)) return part
    if (part === path.dirname(part)) return null
  }
}

function leadsSomewhere(link: string): boolean {
  try {
    realpathSync(link)
    return true
  } catch {
    return false
  }
}

function isLink(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
  } catch {
    // Below what is no folder, or may not be looked into: whoever opens it says so.
    return false
  }
}
