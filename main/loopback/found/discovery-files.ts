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
} from './discovery.ts'

/** The discovery files while the endpoint listens. */
export interface Published {
  /**
   * Puts back what somebody has removed, with the same key, and says in which folder it lies. Throws
   * `record_unavailable` where nothing can be written in any.
   */
  restore(): string
  /** The folder that they belong into, and lie in unless it cannot be made. */
  readonly wanted: string
  /** Removes them, unless another instance has put its own there. Never throws. */
  remove(): void
}

/**
 * Lets tools find the endpoint, and this user's command line the owner key. Where the folder for what
 * runs cannot be made, because there is no session of this user, they lie beside the data. Throws
 * `record_unavailable`, having left nothing of ours, when the files cannot be written or the folder
 * is not ours alone.
 */
export function publish(directories: Directories, endpoint: Endpoint, ownerKey: Secret): Published {
  const own = { endpoint, ownerKey }
  const beside = { run: path.join(directories.data, 'run') }
  const remove = () => {
    for (const folder of [directories, beside]) removeOwn(folder, own)
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
  return { restore: () => write(false), wanted: directories.run, remove }
}

interface Own {
  readonly endpoint: Endpoint
  readonly ownerKey: Secret
}

/** False if it is not there and cannot be: what stands there and is not ours is a fault to be told. */
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
    // Below a folder that this user may not look into, as the one of somebody else's session.
    return false
  }
}

/** `isFirst`: whatever is there is of a run that has ended. */
function writeMissing(folder: RunFolder, { endpoint, ownerKey }: Own, isFirst: boolean): void {
  try {
    makeOwnedFolder(folder.run)
    const found = findEndpoint(folder)
    // Of another home of this user, which shares this folder and came later.
    if (found && found.instance !== endpoint.instance && !isFirst) return
    // The key first: whoever finds the endpoint finds its key.
    for (const [file, text] of [
      [ownerKeyFile(folder), `${ownerKey.reveal()}\n`],
      [endpointFile(folder), `${JSON.stringify(endpoint)}\n`],
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

/** Somebody may have changed what it says, or who may read it: then no command line believes it. */
function isAsWritten(file: string, text: string): boolean {
  const found = lstatSync(file, { throwIfNoEntry: false })
  if (!found?.isFile()) return false
  // Windows has no such modes; there the folder in the user's profile is what protects the files.
  const isOwn = process.getuid === undefined || (found.mode & 0o077) === 0
  return isOwn && readRegularFile(file) === text
}

/** Written beside its place, created exclusively and without following a link, then moved there. */
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

function removeOwn(folder: RunFolder, { endpoint, ownerKey }: Own): void {
  try {
    if (findEndpoint(folder)?.instance === endpoint.instance) {
      rmSync(endpointFile(folder), { force: true })
    }
    const kept = readOwnerKey(folder)
    if (kept && ownerKey.equals(new Secret(kept))) rmSync(ownerKeyFile(folder), { force: true })
  } catch {
    // Files that stay name a process that is gone, or a key that opens nothing: both count as stale.
  }
}
