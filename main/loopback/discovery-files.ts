import {
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import type { Directories } from '../base/directories.ts'
import { isTokentrayError, TokentrayError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import {
  type Endpoint,
  endpointFile,
  findEndpoint,
  ownerKeyFile,
  readOwnerKey,
} from './discovery.ts'

/** The discovery files while the endpoint listens. */
export interface Published {
  /** Removes them, unless another instance has put its own there. Never throws. */
  remove(): void
}

/**
 * Lets tools find the endpoint, and this user's command line the owner key. Throws
 * `record_unavailable`, having left nothing of ours, when the files cannot be written or the folder
 * is not ours alone.
 */
export function publish(directories: Directories, endpoint: Endpoint, ownerKey: Secret): Published {
  const { run } = directories
  const remove = () => removeOwn(directories, endpoint, ownerKey)
  try {
    mkdirSync(run, { recursive: true, mode: 0o700 })
    requireOwnFolder(run)
    // A folder that was there before may have been more open.
    chmodSync(run, 0o700)
    // The key first: whoever finds the endpoint finds its key.
    place(ownerKeyFile(directories), `${ownerKey.reveal()}\n`, endpoint.instance)
    place(endpointFile(directories), `${JSON.stringify(endpoint)}\n`, endpoint.instance)
  } catch (error) {
    remove()
    if (isTokentrayError(error)) throw error
    throw new TokentrayError('record_unavailable', `Tokentray cannot write to ${run}.`, {
      cause: error,
    })
  }
  return { remove }
}

/** Security: in a folder of somebody else the files could be exchanged for those of a server of theirs. */
function requireOwnFolder(folder: string): void {
  const found = lstatSync(folder)
  const uid = process.getuid?.()
  if (found.isDirectory() && (uid === undefined || found.uid === uid)) return
  throw new TokentrayError('record_unavailable', `${folder} is not a folder of this user.`, {
    hint: 'Remove what stands there, and start Tokentray again.',
  })
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

function removeOwn(directories: Directories, { instance }: Endpoint, ownerKey: Secret): void {
  try {
    if (findEndpoint(directories)?.instance === instance) {
      rmSync(endpointFile(directories), { force: true })
    }
    if (readOwnerKey(directories) === ownerKey.reveal()) {
      rmSync(ownerKeyFile(directories), { force: true })
    }
  } catch {
    // Files that stay name a process that is gone, or a key that opens nothing: both count as stale.
  }
}
