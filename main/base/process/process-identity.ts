import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process, and what distinguishes it from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number
  /** Start time in the kernel's own format; `null` if unknown. */
  readonly startedAt: string | null
}

/** The identity of a running process. */
export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startedAt: readStat(pid)?.startedAt ?? null }
}

/** True while this very process runs; false for a zombie. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  if (!exists(pid)) return false
  const stat = readStat(pid)
  // An earlier process had our pid, and no start time is known of it: it is gone.
  if (startedAt === null && pid === process.pid) return false
  // If nothing more is known, any process with that pid counts.
  if (!stat) return true
  return !stat.dead && (startedAt === null || startedAt === stat.startedAt)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it exists and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

interface Stat {
  readonly startedAt: string
  readonly dead: boolean
}

/** What the system tells about a process; `null` if nothing, as on Windows. */
function readStat(pid: number): Stat | null {
  try {
    if (process.platform === 'linux') return readProc(pid)
    return process.platform === 'darwin' ? askPs(pid) : null
  } catch {
    // It has exited, or is hidden from us.
    return null
  }
}

/** Fields 3 (state) and 22 (start time) of proc_pid_stat(5). */
function readProc(pid: number): Stat | null {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // Field 2 is the program's name in brackets and may itself contain spaces and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return toStat(fields[0], fields[19])
}

/**
 * State and start time from ps(1), for systems without /proc: without them, a lock that survived a restart
 * of the machine would seem held by any program that has its pid now. Throws if there is no such process.
 */
export function askPs(pid: number): Stat | null {
  const text = execFileSync('/bin/ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
    encoding: 'latin1',
    // ps prints the start time in the user's language.
    env: { LC_ALL: 'C', TZ: 'UTC' },
    timeout: PS_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [state, ...startedAt] = text.trim().split(/\s+/)
  return toStat(state, startedAt.join(' '))
}

const PS_MS = 2_000

const toStat = (state: string | undefined, startedAt: string | undefined): Stat | null =>
  state && startedAt ? { startedAt, dead: /^[ZX]/.test(state) } : null
