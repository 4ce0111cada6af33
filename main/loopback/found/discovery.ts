import path from 'node:path'
import type { Directories } from '../../base/files/directories.ts'
import { readRegularFile } from '../../base/files/owned-file.ts'
import { findHolder } from '../../base/process/instance-lock.ts'
import { isRunning, type ProcessIdentity } from '../../base/process/process-identity.ts'
import { findListener } from '../../base/sockets/socket-table.ts'
import { parseUrl } from '../../base/text/parse-url.ts'

/** The address of the loopback endpoint, which tools read; contains no secret. */
export interface Endpoint {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly issuer: string
  readonly pid: number
  /** When that process started, as the kernel reports it; `null` if unknown. */
  readonly startedAt: string | null
  /** New at each start. */
  readonly instance: string
  readonly version: string
  /** The Unix socket of the same endpoint; absent if there is none. */
  readonly socket?: string
}

/** The folder with the discovery files of a running Tokentray. */
export type RunFolder = Pick<Directories, 'run'>

export const endpointFile = ({ run }: RunFolder) => path.join(run, 'endpoint.json')
/**
 * The folder of the Unix socket. It holds nothing else, so that a container can be given the folder without
 * the owner key.
 */
export const toolsFolder = ({ run }: RunFolder) => path.join(run, 'tools')
export const socketFile = (folder: RunFolder) => path.join(toolsFolder(folder), 'tokentray.sock')
export const ownerKeyFile = ({ run }: RunFolder) => path.join(run, 'owner.key')

/**
 * Every folder that may contain discovery files of this user, likeliest first. The lock, stored with the
 * data, names the folder, whatever session Tokentray was started from.
 */
export function runFolders(directories: Directories): RunFolder[] {
  const { run, others } = directories
  const named = dataFolders(directories).flatMap((data) => findHolder(data)?.run ?? [])
  const runs = [run, ...named, ...others.map((other) => other.run)]
  return [...new Set(runs)].map((folder) => ({ run: folder }))
}

/**
 * The broker that holds a lock of this user, even if its discovery files are missing; `null` if there is
 * none. So an error can name the broker whose endpoint cannot be found.
 */
export function findBroker(directories: Directories): ProcessIdentity | null {
  for (const data of dataFolders(directories)) {
    const holder = findHolder(data)
    if (holder) return holder
  }
  return null
}

/** A broker of this user with other folders, in another process; `null` if none runs. */
export function findElsewhere(directories: Directories): ProcessIdentity | null {
  for (const folder of runFolders(directories)) {
    const endpoint = findEndpoint(folder)
    // Without start times, the pid may be another process's; on such systems a user has only one home,
    // and its lock is enough.
    if (!endpoint || endpoint.startedAt === null || endpoint.pid === process.pid) continue
    if (findServer(endpoint) === 'ours') return endpoint
  }
  return null
}

function dataFolders({ data, others }: Directories): string[] {
  return [...new Set([data, ...others.map((other) => other.data)])]
}

/** The endpoint of the running Tokentray; `null` if none runs (a stale file counts as none). */
export function findEndpoint(folder: RunFolder): Endpoint | null {
  const endpoint = readEndpoint(folder)
  return endpoint && isRunning(endpoint) ? endpoint : null
}

/** True if the last Tokentray was killed: one that stops removes its file. */
export function wasKilled(folder: RunFolder): boolean {
  const endpoint = readEndpoint(folder)
  // Without its start time, the process may be another one, and that it is gone says nothing.
  return endpoint !== null && endpoint.startedAt !== null && !isRunning(endpoint)
}

function readEndpoint(folder: RunFolder): Endpoint | null {
  const text = readIfThere(endpointFile(folder))
  return text === null ? null : parseEndpoint(text)
}

/** The owner key of the running Tokentray; `null` when there is none. */
export function readOwnerKey(folder: RunFolder): string | null {
  return readIfThere(ownerKeyFile(folder))?.trim() ?? null
}

/**
 * Who owns the server at the endpoint: a stale file may name a port that another user has taken since.
 * On systems other than Linux, which do not say, it counts as ours.
 */
export function findServer({ issuer }: Endpoint): 'ours' | 'nobody' | 'another user' {
  const uid = process.getuid?.()
  if (process.platform !== 'linux' || uid === undefined) return 'ours'
  const listener = findListener(Number(new URL(issuer).port))
  if (listener === null) return 'nobody'
  return listener === uid ? 'ours' : 'another user'
}

function readIfThere(file: string): string | null {
  try {
    return readRegularFile(file)
  } catch {
    // Missing or not readable: either way there is no endpoint.
    return null
  }
}

function parseEndpoint(text: string): Endpoint | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const members = value as Partial<Record<keyof Endpoint, unknown>>
    const { issuer, pid, startedAt = null, instance, version, socket } = members
    return typeof issuer === 'string' &&
      /^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(issuer) &&
      parseUrl(issuer) !== null &&
      typeof pid === 'number' &&
      Number.isInteger(pid) &&
      pid > 0 &&
      (startedAt === null || typeof startedAt === 'string') &&
      typeof instance === 'string' &&
      typeof version === 'string' &&
      (socket === undefined || (typeof socket === 'string' && path.isAbsolute(socket)))
      ? { issuer, pid, startedAt, instance, version, ...(socket !== undefined && { socket }) }
      : null
  } catch {
    // An incomplete file counts as stale.
    return null
  }
}
