import { lstatSync, type Stats } from 'node:fs'
import path from 'node:path'
import type { Directories } from '../base/directories.ts'
import { TokentrayError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import {
  endpointFile,
  findEndpoint,
  findServer,
  ownerKeyFile,
  readOwnerKey,
} from '../loopback/discovery.ts'
import { type Api, createApi } from './api.ts'

/**
 * The Tokentray that runs for this user. Throws `not_running` when none does, and `request_refused`
 * when the files that lead to it could have been put there, or read, by somebody else.
 */
export function connect(directories: Directories): Api {
  // Security: before anything is believed or sent, because who could have written these files could
  // have passwords sent to a port of their own.
  mustBeOurs(directories.run, 'directory')
  mustBeOurs(endpointFile(directories), 'file')
  mustBeOurs(ownerKeyFile(directories), 'file')
  const endpoint = findEndpoint(directories)
  const ownerKey = readOwnerKey(directories)
  if (!endpoint || !ownerKey) throw new TokentrayError('not_running')
  const server = findServer(endpoint)
  if (server === 'nobody') throw new TokentrayError('not_running')
  if (server === 'another user') {
    throw new TokentrayError('request_refused', 'The port of Tokentray is held by another user.', {
      hint: 'Nothing was sent. Start Tokentray again: it chooses another port.',
    })
  }
  const { issuer, pid } = endpoint
  return createApi({ issuer, pid, ownerKey: new Secret(ownerKey) })
}

function mustBeOurs(file: string, kind: 'file' | 'directory'): void {
  const found = lstatSync(file, { throwIfNoEntry: false })
  if (!found) throw new TokentrayError('not_running')
  const reason = whyNotOurs(found, kind)
  if (reason === null) return
  throw new TokentrayError('request_refused', `${path.basename(file)} ${reason}: ${file}`, {
    hint: 'Stop Tokentray, remove what stands there, and start it again.',
  })
}

function whyNotOurs(found: Stats, kind: 'file' | 'directory'): string | null {
  const uid = process.getuid?.()
  // Windows has no uids; there the folder in the user's profile is what protects the files.
  if (uid === undefined) return null
  if (kind === 'file' ? !found.isFile() : !found.isDirectory()) return `is not a plain ${kind}`
  if (found.uid !== uid) return 'belongs to another user'
  // A directory that others may only look into cannot have been given other files by them.
  const forbidden = kind === 'file' ? 0o077 : 0o022
  return (found.mode & forbidden) === 0 ? null : 'is open to other users'
}
