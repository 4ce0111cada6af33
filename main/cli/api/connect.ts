import { lstatSync, type Stats } from 'node:fs'
import path from 'node:path'
import { errorTable, isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { Directories } from '../../base/files/directories.ts'
import { Secret } from '../../base/secret.ts'
import {
  endpointFile,
  findBroker,
  findEndpoint,
  findServer,
  ownerKeyFile,
  type RunFolder,
  readOwnerKey,
  runFolders,
} from '../../loopback/found/discovery.ts'
import { type Api, createApi } from './api.ts'
import { doesNotAnswer, type Target } from './http-call.ts'

/**
 * The Tokentray that runs for this user, from whatever kind of session it was started. Throws
 * `not_running` when none does or nothing leads to it, and `request_refused` when the files that lead
 * to it could have been put there, or read, by somebody else.
 */
export function connect(directories: Directories): Api {
  const folders = runFolders(directories)
  let refusal: TokentrayError | null = null
  for (const folder of folders) {
    try {
      const target = findTarget(folder)
      if (target) return createApi(target)
    } catch (error) {
      if (!isTokentrayError(error)) throw error
      // What others have put into one place must not keep this user from another.
      refusal ??= error
    }
  }
  throw refusal ?? notRunning(directories, folders)
}

/** What these files lead to; `null` if they are not there or stale. */
function findTarget(folder: RunFolder): Target | null {
  // Security: before anything is believed or sent, because who could have written these files could
  // have passwords sent to a port of their own.
  const areThere =
    isOurs(folder.run, 'directory') &&
    isOurs(endpointFile(folder), 'file') &&
    isOurs(ownerKeyFile(folder), 'file')
  if (!areThere) return null
  const endpoint = findEndpoint(folder)
  const ownerKey = readOwnerKey(folder)
  if (!endpoint || !ownerKey) return null
  const server = findServer(endpoint)
  if (server === 'nobody') {
    if (endpoint.startedAt === null) return null
    throw doesNotAnswer(endpoint.pid)
  }
  if (server === 'another user') {
    throw new TokentrayError('request_refused', 'The port of Tokentray is held by another user.', {
      hint: 'Nothing was sent. Start Tokentray again: it chooses another port.',
    })
  }
  const { issuer, pid, startedAt, version } = endpoint
  return { issuer, pid, startedAt, version, ownerKey: new Secret(ownerKey) }
}

/** Says the same as the start of a second one would. */
function notRunning(directories: Directories, folders: readonly RunFolder[]): TokentrayError {
  const looked = `Looked in ${folders.map(({ run }) => run).join(', ')}.`
  const broker = findBroker(directories)
  if (!broker) {
    return new TokentrayError('not_running', undefined, {
      hint: `${errorTable.not_running.hint} ${looked}`,
    })
  }
  return new TokentrayError(
    'not_running',
    `Tokentray is running (process ${broker.pid}), but nothing leads to it.`,
    {
      hint: `It may be starting or stopping: try again in a few seconds. If that does not help, end the process ${broker.pid} and start Tokentray again. ${looked}`,
    },
  )
}

/** False if it is not there; throws `request_refused` for what others have a hand in. */
function isOurs(file: string, kind: 'file' | 'directory'): boolean {
  const found = find(file)
  if (!found) return false
  const reason = whyNotOurs(found, kind)
  if (reason === null) return true
  throw new TokentrayError('request_refused', `${path.basename(file)} ${reason}: ${file}`, {
    hint: reason === OF_ANOTHER && kind === 'directory' ? BECAME_ANOTHER : REMOVE_IT,
  })
}

const OF_ANOTHER = 'belongs to another user'
const BECAME_ANOTHER =
  'Nothing was sent. After "su" the variables of the other session are still set: use "su -", or unset XDG_RUNTIME_DIR.'
const REMOVE_IT = 'Stop Tokentray, remove what stands there, and start it again.'

function find(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false })
  } catch {
    // Below a folder that this user may not look into: nothing of theirs is there.
    return undefined
  }
}

function whyNotOurs(found: Stats, kind: 'file' | 'directory'): string | null {
  const uid = process.getuid?.()
  // Windows has no uids; there the folder in the user's profile is what protects the files.
  if (uid === undefined) return null
  if (kind === 'file' ? !found.isFile() : !found.isDirectory()) return `is not a plain ${kind}`
  if (found.uid !== uid) return OF_ANOTHER
  // A directory that others may only look into cannot have been given other files by them.
  const forbidden = kind === 'file' ? 0o077 : 0o022
  return (found.mode & forbidden) === 0 ? null : 'is open to other users'
}
