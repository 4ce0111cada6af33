import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { TokentrayError } from '../errors.ts'
import { danglingPart } from './links.ts'

/**
 * Makes a folder that is this user's alone, or makes one that is there so. Throws
 * `record_unavailable` for a link, and for a folder of somebody else.
 *
 * Security: in a folder of another user our files could be exchanged for others at any time.
 */
export function makeOwnedFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const found = lstatSync(folder)
    const uid = process.getuid?.()
    if (!found.isDirectory() || (uid !== undefined && found.uid !== uid)) {
      throw new TokentrayError('record_unavailable', `${folder} is not a folder of this user.`, {
        hint: 'Remove what stands there, or set TOKENTRAY_HOME to a folder of your own.',
      })
    }
    // One that was there before may have been more open.
    if (uid !== undefined && (found.mode & 0o777) !== 0o700) chmodSync(folder, 0o700)
  } catch (error) {
    if (error instanceof TokentrayError) throw error
    const link = danglingPart(folder)
    throw new TokentrayError(
      'record_unavailable',
      link ? `${link} is a link to a place that is not there.` : `${folder} cannot be used.`,
      { cause: error, ...(link && { hint: 'Bring that place back, or remove the link.' }) },
    )
  }
}
