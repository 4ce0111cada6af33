import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { TokentrayError } from '../errors.ts'
import { danglingPart } from './links.ts'

/**
 * Creates a folder that only this user can access, or restricts an existing one (0700). Throws
 * `record_unavailable` for a link and for a folder of another user.
 *
 * Security: the owner of a folder could replace our files in it at any time.
 */
export function makeOwnedFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const found = lstatSync(folder)
    const uid = process.getuid?.()
    if (!found.isDirectory() || (uid !== undefined && found.uid !== uid)) {
      throw new TokentrayError('record_unavailable', `${folder} is not a folder of yours.`, {
        hint: 'Remove it, or set TOKENTRAY_HOME to a folder of your own.',
      })
    }
    // An existing folder may have been more open.
    if (uid !== undefined && (found.mode & 0o777) !== 0o700) chmodSync(folder, 0o700)
  } catch (error) {
    if (error instanceof TokentrayError) throw error
    throw notUsable(folder, error)
  }
}

/** Why the folder cannot be used, as far as that can be told. */
function notUsable(folder: string, cause: unknown): TokentrayError {
  const link = danglingPart(folder)
  if (link) {
    return new TokentrayError(
      'record_unavailable',
      `${link} is a link to a folder that does not exist.`,
      { cause, hint: 'Restore the folder, or remove the link.' },
    )
  }
  const code = cause instanceof Error && 'code' in cause ? cause.code : ''
  if (code !== 'EEXIST' && code !== 'ENOTDIR') {
    return new TokentrayError('record_unavailable', `${folder} cannot be used.`, { cause })
  }
  return new TokentrayError('record_unavailable', `${folder} is not a folder.`, {
    cause,
    hint: 'Choose another one, or remove that file.',
  })
}
