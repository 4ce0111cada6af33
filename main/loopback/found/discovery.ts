import path from 'node:path'
import type { Directories } from '../../base/files/directories.ts'
import { readRegularFile } from '../../base/files/owned-file.ts'
import { findHolder } from '../../base/process/instance-lock.ts'
import { isRunning, type ProcessIdentity } from '../../base/process/process-identity.ts'
import { findListener } from '../../base/sockets/socket-table.ts'

/** Where the loopback endpoint is; holds no secret, and is what tools read. */
export interface Endpoint {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly issuer: string
  readonly pid: number
  /** When that process began, as the kernel counts it; `null` where that is not known. */
  readonly startedAt: string | null
  /** New at each start. */
  readonly instance: string
  readonly version: string
}

/** The folder with the files that lead to a running Tokentray. */
export type RunFolder = Pick<Directories, 'run'>

export const endpointFile = ({ run }: RunFolder) => path.join(run, 'endpoint.json')
export const ownerKeyFile = ({ run }: RunFolder) => path.join(run, 'owner.key')

/**
 * Every folder that may lead to a Tokentray of this user, the likeliest first. Whatever session it was
 * started from: its lock, which lies with its data, says where it is found.
 */
export function runFolders(directories: Directories): RunFolder[] {
  const { run, others } = directories
  const named = dataFolders(directories).flatMap((data) => findHolder(data)?.run ?? [])
  const runs = [run, ...named, ...others.map((other) => other.run)]
  return [...new Set(runs)].map((folder) => ({ run: folder }))
}

/**
 * The broker that holds a lock of this user, whether or not anything leads to it; `null` if there is
 * none. Who cannot find the endpoint can still say who does not let it be found.
 */
export function findBroker(directories: Directories): ProcessIdentity | null {
  for (const data of dataFolders(directories)) {
    const holder = findHolder(data)
    if (holder) return holder
  }
  return null
}

/** A broker of this user with other folders than these, in another process; `null` if none runs. */
export function findElsewhere(directories: Directories): ProcessIdentity | null {
  for (const folder of runFolders(directories)) {
    const endpoint = findEndpoint(folder)
    // Where the system does not tell start times, the pid may be another's; there all homes of a user
    // are one, and its lock is enough.
    if (!endpoint || endpoint.startedAt === null || endpoint.pid === process.pid) continue
    if (findServer(endpoint) === 'ours') return endpoint
  }
  return null
}

function dataFolders({ data, others }: Directories): string[] {
  return [...new Set([data, ...others.map((other) => other.data)])]
}

/** The endpoint of the running Tokentray; `null` when none runs (a stale file counts as none). */
export function findEndpoint(folder: RunFolder): Endpoint | null {
  const text = readIfThere(endpointFile(folder))
  const endpoint = text === null ? null : parseEndpoint(text)
  return endpoint && isRunning(endpoint) ? endpoint : null
}

/** The owner key of the running Tokentray; `null` when there is none. */
export function readOwnerKey(folder: RunFolder): string | null {
  return readIfThere(ownerKeyFile(folder))?.trim() ?? null
}

/**
 * Whose the server behind the endpoint is: a stale file may name a port that somebody else has taken
 * since. Where the system does not say (other than Linux) it counts as ours.
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
    // Not there, or not ours to read: either way there is nothing to talk to.
    return null
  }
}

function parseEndpoint(text: string): Endpoint | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const members = value as Partial<Record<keyof Endpoint, unknown>>
    const { issuer, pid, startedAt = null, instance, version } = members
    return typeof issuer === 'string' &&
      /^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(issuer) &&
      URL.canParse(issuer) &&
      typeof pid === 'number' &&
      Number.isInteger(pid) &&
      pid > 0 &&
      (startedAt === null || typeof startedAt === 'string') &&
      typeof instance === 'string' &&
      typeof version === 'string'
      ? { issuer, pid, startedAt, instance, version }
      : null
  } catch {
    // A torn file is a stale one.
    return null
  }
}
