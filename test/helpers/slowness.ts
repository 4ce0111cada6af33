import { execFileSync } from 'node:child_process'
import { availableParallelism, loadavg } from 'node:os'

/** What starting Node takes on the machine for which the waits were chosen, with nothing else to do. */
const USUAL_START_MS = 60
/** A machine that is slower still has other troubles; a test that hangs must end some day. */
const MOST = 10

/**
 * How many times longer than usual whatever waits in a test must be ready to wait on this machine as
 * it now is: from 1 to 10. The load counts what runs already; how long Node takes to start, measured
 * once, tells a slow machine that has nothing else to do, and a load that has only begun.
 */
export function measureSlowness(): number {
  const startedAt = performance.now()
  execFileSync(process.execPath, ['-e', '0'])
  const start = (performance.now() - startedAt) / USUAL_START_MS
  const load = (loadavg()[0] ?? 0) / availableParallelism()
  return Math.round(Math.min(Math.max(1, load, start), MOST) * 10) / 10
}
