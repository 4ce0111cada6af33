import { execFileSync } from 'node:child_process'
import { availableParallelism, loadavg } from 'node:os'

/** How long starting Node takes on the idle machine for which the waits were chosen. */
const USUAL_START_MS = 60
/** On a machine slower than that, other things fail; and a hung test must time out some day. */
const MOST = 10

/**
 * By which factor, from 1 to 10, waits in tests must be longer than usual on this machine in its
 * current state. The load average shows what is already running; the time that Node takes to start,
 * measured once, shows a slow machine, and a load that has only begun.
 */
export function measureSlowness(): number {
  const startedAt = performance.now()
  execFileSync(process.execPath, ['-e', '0'])
  const start = (performance.now() - startedAt) / USUAL_START_MS
  const load = (loadavg()[0] ?? 0) / availableParallelism()
  return Math.round(Math.min(Math.max(1, load, start), MOST) * 10) / 10
}
