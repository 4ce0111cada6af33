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
  wasKilled,
} from '../../loopback/found/discovery.ts'
import { type Api, createApi } from './api.ts'
import { doesNotAnswer, type Target } from './http-call.ts'
import { isOwnSocket } from './own-socket.ts'

/**
 * The running Tokentray of this user, in whatever kind of session it was started. Throws `not_running` if there is
 * none or it cannot be found, and `request_refused` if another user could have written or read the files that
 * lead to it.
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
      // What other users have put into one folder must not hide the files in another.
      refusal ??= error
    }
  }
  throw refusal ?? notRunning(directories, folders)
}

/** The endpoint that these files name; `null` if they are missing or stale. */
function findTarget(folder: RunFolder): Target | null {
  // Security: checked before anything is trusted or sent, because a program that can write these files could redirect
  // passwords to a port of their own.
  const areThere =
    isOurs(folder.run, 'directory') &&
    isOurs(endpointFile(folder), 'file') &&
    isOurs(ownerKeyFile(folder), 'file')
  if (!areThere) return null
  const endpoint = findEndpoint(folder)
  const ownerKey = readOwnerKey(folder)
  if (!endpoint || !ownerKey) return null
  const { issuer, pid, startedAt, version } = endpoint
  const target = { issuer, pid, startedAt, version, ownerKey: new Secret(ownerKey) }
  const { socket } = endpoint
  // Reading the kernel's tables is slow. The port is checked before it is used instead.
  if (socket !== undefined && isOwnSocket(socket)) return { ...target, socket }
  const server = findServer(endpoint)
  if (server === 'nobody') {
    if (endpoint.startedAt === null) return null
    throw doesNotAnswer(endpoint.pid)
  }
  if (server === 'another user') {
    throw new TokentrayError(
      'request_refused',
      'The port of Tokentray is in use by another user.',
      {
        hint: 'Nothing was sent. Restart Tokentray: it chooses another port.',
      },
    )
  }
  return target
}

/** The error that says so; it agrees with what starting a second Tokentray would say. */
function notRunning(directories: Directories, folders: readonly RunFolder[]): TokentrayError {
  const looked = `Looked in ${folders.map(({ run }) => run).join(', ')}.`
  const broker = findBroker(directories)
  if (!broker) {
    const { sentence, hint } = errorTable.not_running
    if (!folders.some(wasKilled)) {
      return new TokentrayError('not_running', undefined, { hint: `${hint} ${looked}` })
    }
    return new TokentrayError('not_running', `${sentence} It ended unexpectedly.`, {
      hint: `${hint} It then revokes the tokens that are left, unless it ran with --memory; accounts keep their session tokens, which tokentray revoke --all revokes.`,
    })
  }
  return new TokentrayError(
    'not_running',
    `Tokentray is running (process ${broker.pid}) but cannot be found.`,
    {
      hint: `It may be starting or stopping: try again in a few seconds. If that does not help, end process ${broker.pid} and start Tokentray again. ${looked}`,
    },
  )
}

/** False if it is missing; throws `request_refused` if other users can write or read it. */
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
  'Nothing was sent. After "su", variables of the other session are still set: use "su -", or unset XDG_RUNTIME_DIR.'
const REMOVE_IT = 'Stop Tokentray, delete it, and start Tokentray again.'

function find(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false })
  } catch {
    // Inside a folder that this user cannot read, so it is not theirs.
    return undefined
  }
}

function whyNotOurs(found: Stats, kind: 'file' | 'directory'): string | null {
  const uid = process.getuid?.()
  // Windows has no uids; there the files are protected by the folder in the user's profile.
  if (uid === undefined) return null
  if (kind === 'file' ? !found.isFile() : !found.isDirectory()) return `is not a regular ${kind}`
  if (found.uid !== uid) return OF_ANOTHER
  // A directory that others can only read cannot have been changed by them.
  const forbidden = kind === 'file' ? 0o077 : 0o022
  return (found.mode & forbidden) === 0 ? null : 'is open to other users'
}
