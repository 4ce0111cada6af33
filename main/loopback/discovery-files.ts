import { closeSync, constants, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Directories } from '../base/directories.ts'
import { isTokentrayError, TokentrayError } from '../base/errors.ts'
import { makeOwnFolder } from '../base/own-folder.ts'
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
    makeOwnFolder(run)
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
