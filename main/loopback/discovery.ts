import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Directories } from '../base/directories.ts'
import { isRunning } from '../base/process-identity.ts'
import { findListener } from '../base/socket-table.ts'

/** Where the loopback endpoint is; holds no secret, and is what tools read. */
export interface Endpoint {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly issuer: string
  readonly pid: number
  /** New at each start. */
  readonly instance: string
  readonly version: string
}

export const endpointFile = (directories: Directories) =>
  path.join(directories.run, 'endpoint.json')
export const ownerKeyFile = (directories: Directories) => path.join(directories.run, 'owner.key')

/** The endpoint of the running Tokentray; `null` when none runs (a stale file counts as none). */
export function findEndpoint(directories: Directories): Endpoint | null {
  const text = readIfThere(endpointFile(directories))
  const endpoint = text === null ? null : parseEndpoint(text)
  return endpoint && isRunning({ pid: endpoint.pid, startedAt: null }) ? endpoint : null
}

/** The owner key of the running Tokentray; `null` when there is none. */
export function readOwnerKey(directories: Directories): string | null {
  return readIfThere(ownerKeyFile(directories))?.trim() ?? null
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
    return readFileSync(file, 'utf8')
  } catch {
    // Not there, or not ours to read: either way there is nothing to talk to.
    return null
  }
}

function parseEndpoint(text: string): Endpoint | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { issuer, pid, instance, version } = value as Partial<Record<string, unknown>>
    return typeof issuer === 'string' &&
      /^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(issuer) &&
      typeof pid === 'number' &&
      Number.isInteger(pid) &&
      pid > 0 &&
      typeof instance === 'string' &&
      typeof version === 'string'
      ? { issuer, pid, instance, version }
      : null
  } catch {
    // A torn file is a stale one.
    return null
  }
}
