import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { Directories } from '../../base/files/directories.ts'
import { readRegularFile } from '../../base/files/owned-file.ts'
import { makeOwnedFolder } from '../../base/files/owned-folder.ts'
import { Secret } from '../../base/secret.ts'
import {
  type Endpoint,
  endpointFile,
  findEndpoint,
  ownerKeyFile,
  type RunFolder,
  readOwnerKey,
  toolsFolder,
} from './discovery.ts'
import type { LocalSocket } from './local-socket.ts'

/** The discovery files of a listening endpoint. */
export interface Published {
  /**
   * Restores removed files, with the same key, and binds a removed Unix socket again. Throws
   * `record_unavailable` if no folder can be written.
   */
  restore(): Restored
  /** The folder they belong in, which is used unless it cannot be created. */
  readonly wanted: string
  /** Removes them, unless they are another instance's. Never throws. */
  remove(): void
}

/** Where the discovery files are, and what to watch to learn that one was removed. */
interface Restored {
  readonly run: string
  readonly watched: readonly string[]
}

/**
 * Writes the files by which tools find the endpoint and this user's command line the owner key. If the
 * runtime folder cannot be created, because the user has no session, they are written beside the data.
 * Throws `record_unavailable` and leaves no files if they cannot be written or the folder is not
 * private to this user.
 */
export function publish(
  directories: Directories,
  endpoint: Endpoint,
  ownerKey: Secret,
  socket: SocketToPublish = noSocket,
): Published {
  const own = { endpoint, ownerKey, socket }
  const beside = { run: path.join(directories.data, 'run') }
  const remove = () => {
    for (const folder of [directories, beside]) removeOwn(folder, own)
    socket.remove()
  }
  const write = (isFirst: boolean) => {
    if (directories.run === beside.run || canBeMade(directories.run)) {
      writeMissing(directories, own, isFirst)
      // The session is back: its folder is where others look first.
      if (directories.run !== beside.run) removeOwn(beside, own)
      return directories.run
    }
    writeMissing(beside, own, isFirst)
    return beside.run
  }
  try {
    write(true)
  } catch (error) {
    remove()
    throw error
  }
  const restore = () => {
    const run = write(false)
    const files = [endpointFile({ run }), ownerKeyFile({ run })]
    // The folder: not every system can watch a socket.
    return { run, watched: socket.path() === null ? files : [...files, toolsFolder({ run })] }
  }
  return { restore, wanted: directories.run, remove }
}

type SocketToPublish = Pick<LocalSocket, 'keepIn' | 'path' | 'remove'>
const noSocket: SocketToPublish = { keepIn: () => null, path: () => null, remove: () => undefined }

interface Own {
  readonly endpoint: Endpoint
  readonly ownerKey: Secret
  readonly socket: SocketToPublish
}

/** False if it does not exist and cannot be created; an existing one that is not ours is an error. */
function canBeMade(folder: string): boolean {
  try {
    makeOwnedFolder(folder)
    return true
  } catch (error) {
    if (isThere(folder)) throw error
    return false
  }
}

function isThere(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined
  } catch {
    // Inside a folder that this user may not read, such as the one of another user's session.
    return false
  }
}

/** `isFirst`: existing files are of an earlier run. */
function writeMissing(folder: RunFolder, own: Own, isFirst: boolean): void {
  const { endpoint, ownerKey } = own
  try {
    makeOwnedFolder(folder.run)
    const found = findEndpoint(folder)
    // Of a later instance with another home, which shares this folder.
    if (found && found.instance !== endpoint.instance && !isFirst) return
    const socket = own.socket.keepIn(folder.run)
    const named = { ...endpoint, ...(socket !== null && { socket }) }
    // The key first, so that it exists whenever the endpoint is found.
    for (const [file, text] of [
      [ownerKeyFile(folder), `${ownerKey.reveal()}\n`],
      [endpointFile(folder), `${JSON.stringify(named)}\n`],
    ] as const) {
      if (!isAsWritten(file, text)) place(file, text, endpoint.instance)
    }
  } catch (error) {
    if (isTokentrayError(error)) throw error
    throw new TokentrayError('record_unavailable', `Tokentray cannot write to ${folder.run}.`, {
      cause: error,
    })
  }
}

/** False if its content or permissions have changed, because the command line then rejects it. */
function isAsWritten(file: string, text: string): boolean {
  const found = lstatSync(file, { throwIfNoEntry: false })
  if (!found?.isFile()) return false
  // Windows has no such modes; there the folder in the user's profile protects the files.
  const isOwn = process.getuid === undefined || (found.mode & 0o077) === 0
  return isOwn && readRegularFile(file) === text
}

/** Written to a temporary file, created exclusively and without following links, then renamed. */
function place(file: string, text: string, instance: string): void {
  const fresh = `${file}.${instance}`
  try {
    writeNew(fresh, text)
    renameSync(fresh, file)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
}

function writeNew(file: string, text: string): void {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW = 0 } = constants
  const descriptor = openSync(file, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600)
  try {
    writeFileSync(descriptor, text)
  } finally {
    closeSync(descriptor)
  }
}

function removeOwn(
  folder: RunFolder,
  { endpoint, ownerKey }: Pick<Own, 'endpoint' | 'ownerKey'>,
): void {
  try {
    if (findEndpoint(folder)?.instance === endpoint.instance) {
      rmSync(endpointFile(folder), { force: true })
    }
    const kept = readOwnerKey(folder)
    if (kept && ownerKey.equals(new Secret(kept))) rmSync(ownerKeyFile(folder), { force: true })
  } catch {
    // Files that remain name a process that has exited, or a key that is invalid: both count as stale.
  }
}
