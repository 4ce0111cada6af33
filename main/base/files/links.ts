import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { TokentrayError } from '../errors.ts'

/**
 * The target of a link, or the path itself if it is not a link. Throws `record_unavailable` for a broken
 * link: treating it as an absent file would start afresh and ignore the data that the user keeps elsewhere.
 */
export function followLink(file: string): string {
  if (!isLink(file)) return file
  try {
    return realpathSync(file)
  } catch (error) {
    throw new TokentrayError(
      'record_unavailable',
      `${file} is a link to ${readlinkSync(file)}, which does not exist.`,
      { cause: error, hint: 'Restore the target of the link, or remove the link.' },
    )
  }
}

const FILE_ITSELF =
  'Replace the link with the file itself, or set TOKENTRAY_HOME to another folder.'

/** Throws `record_unavailable` for a link, whatever its target. */
export function refuseLink(file: string, hint = FILE_ITSELF): void {
  if (!isLink(file)) return
  throw new TokentrayError(
    'record_unavailable',
    `${file} is a link, and links are not followed there.`,
    {
      hint,
    },
  )
}

/** Throws `record_unavailable` for anything but a regular file: opening a pipe would block forever. */
export function requireRegularFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found || found.isFile()) return
  throw new TokentrayError('record_unavailable', `${file} is not a regular file.`, {
    hint: 'Remove it, or restore the file.',
  })
}

/** The first part of a path that is a broken link; `null` if none is. */
export function danglingPart(file: string): string | null {
  for (let part = path.resolve(file); ; part = path.dirname(part)) {
    if (isLink(part) && !hasTarget(part)) return part
    if (part === path.dirname(part)) return null
  }
}

function hasTarget(link: string): boolean {
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
    // Its folder is not a folder or not accessible: opening the file reports that.
    return false
  }
}
