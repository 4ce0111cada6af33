import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process, and what tells it from a later one that was given the same pid. */
export interface ProcessIdentity {
  readonly pid: number
  /** Start time as the kernel counts it; `null` where it cannot be told. */
  readonly startedAt: string | null
}

/** What tells this process from all others, as long as it runs. */
export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startedAt: readStat(pid)?.startedAt ?? null }
}

/** True while this very process runs. One that is dead and only waits for its parent does not. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  if (!exists(pid)) return false
  const stat = readStat(pid)
  // Whoever had our pid without a start time has gone: a later process, this one, was given it.
  if (startedAt === null && pid === process.pid) return false
  // Where nothing more is known, a process of that pid counts as the one that is meant.
  if (!stat) return true
  return !stat.dead && (startedAt === null || startedAt === stat.startedAt)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

interface Stat {
  readonly startedAt: string
  readonly dead: boolean
}

/** What the system knows of a process; `null` where it does not say, as on Windows. */
function readStat(pid: number): Stat | null {
  try {
    if (process.platform === 'linux') return readProc(pid)
    return process.platform === 'darwin' ? askPs(pid) : null
  } catch {
    // Gone since, or hidden from us.
    return null
  }
}

/** Fields 3 (state) and 22 (start time) of proc_pid_stat(5). */
function readProc(pid: number): Stat | null {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // Field 2 is the program's name in brackets and may itself hold blanks and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return toStat(fields[0], fields[19])
}

/**
 * State and start time by ps(1), where there is no /proc: without them a lock that outlived a restart
 * of the machine would be that of whichever program has its pid today. Throws where there is no such process.
 */
export function askPs(pid: number): Stat | null {
  const text = execFileSync('/bin/ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
    encoding: 'latin1',
    // The start time is written in the language of the user.
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
