import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { OtherBroker } from '../../../preload/snapshot.ts'
import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import { findHolder } from '../../base/process/instance-lock.ts'
import {
  identifyProcess,
  isRunning,
  type ProcessIdentity,
} from '../../base/process/process-identity.ts'
import { stopProcess } from '../../base/process/stop-process.ts'

/** The process that holds the broker's lock, and what kind of program it is. */
export interface FoundBroker extends OtherBroker {
  readonly identity: ProcessIdentity
}

interface Places {
  /** The folder with the lock. */
  readonly folder: string
  /** A broker of this user whose lock is in another folder. */
  readonly elsewhere?: () => ProcessIdentity | null
  readonly commandOf?: (pid: number) => readonly string[]
  readonly platform?: NodeJS.Platform
}

/**
 * The running broker of this user in another process, `null` if there is none. It counts as an agent
 * only if the process with that pid is the one that took the lock and was started as an agent.
 */
export function findOtherBroker({
  folder,
  elsewhere = () => null,
  commandOf = readCommand,
  platform = process.platform,
}: Places): FoundBroker | null {
  const holder = findHolder(folder)
  const identity = holder && holder.pid !== process.pid ? holder : elsewhere()
  if (!identity || identity.pid === process.pid || !isRunning(identity)) return null
  const { pid, startedAt } = identity
  // Without start times (macOS) the pid may have been reused. Linux always has one: a lock without it
  // was not written by us.
  const isTold = startedAt !== null || platform !== 'linux'
  const isSame = isTold && (startedAt === null || identifyProcess(pid).startedAt === startedAt)
  const kind = isSame && isAgent(commandOf(pid)) ? 'agent' : 'unknown'
  return { kind, pid, identity: { pid, startedAt } }
}

interface StopPorts {
  readonly find: () => FoundBroker | null
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
  readonly clock: Clock
}

/** Finds and stops the broker of this user in another process. */
export function createOtherBroker(places: Pick<Places, 'folder' | 'elsewhere'>, clock: Clock) {
  const find = () => findOtherBroker(places)
  return { find, stop: () => stopOtherBroker({ find, kill: process.kill, clock }) }
}

/**
 * Sends the agent SIGTERM and waits until it has stopped. Rejects with `access_denied` if the process
 * that holds the lock is not known to be an agent, and with `temporarily_unavailable` if it has not
 * stopped in time. Resolves immediately if the lock is no longer held.
 */
export async function stopOtherBroker({ find, kill, clock }: StopPorts): Promise<void> {
  // Looked up again: the process that the window showed may have exited since.
  const other = find()
  if (!other) return
  const { kind, identity } = other
  if (kind !== 'agent') {
    throw new TokentrayError(
      'access_denied',
      `Process ${identity.pid} may not be a Tokentray agent.`,
      {
        hint: 'Check what it is, and stop it yourself.',
      },
    )
  }
  const pause = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve))
  await stopProcess(identity, { kill, pause })
}

/** True for `tokentray serve`, however it was started. */
function isAgent(command: readonly string[]): boolean {
  const isProgram = (word = '') => /^tokentray(\.c?js)?$/.test(path.basename(word))
  const isNode = /^node(js)?(\.exe)?$/.test(path.basename(command[0] ?? ''))
  const words = isNode ? command.slice(1) : command
  return isProgram(words[0]) && words[1] === 'serve'
}

/** The command line of a process, split into words; empty if it cannot be read. */
function readCommand(pid: number): readonly string[] {
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean)
    }
    if (process.platform !== 'darwin') return []
    const text = execFileSync('/bin/ps', ['-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 2_000,
    })
    return text.trim().split(/\s+/)
  } catch {
    // Gone since, or not ours to look at.
    return []
  }
}
