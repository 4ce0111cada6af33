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

/** Fields 3 (state) and 22 (start time) of proc_pid_stat(5); Linux only. */
function readStat(pid: number): { readonly startedAt: string; readonly dead: boolean } | null {
  if (process.platform !== 'linux') return null
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Field 2 is the program's name in brackets and may itself hold blanks and brackets.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [state, startedAt] = [fields[0], fields[19]]
    return state && startedAt ? { startedAt, dead: state === 'Z' || state === 'X' } : null
  } catch {
    // Gone since, or /proc is hidden from us.
    return null
  }
}
