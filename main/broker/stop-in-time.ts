import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import { inTime } from '../base/in-time.ts'
import type { Log } from '../base/log.ts'
import type { Left } from './left.ts'

/** What revoking tokens may take. */
const STOP_MS = 7_000
/** What all of it may take; `endProcess` takes a second more, which makes 10 s with this. */
const LATEST_MS = 9_000

export interface StopPorts {
  /** Ends every token it can within that time; resolves to how many are left. */
  readonly stop: (deadlineMs: number) => Promise<Left>
  readonly clock: Clock
  readonly log: Log
}

/**
 * How every Tokentray stops, with a window or without: within 9 s, also if a part of it does not keep its
 * deadline. Resolves to what is left; `null` where that is not known, which the log says. Never rejects.
 */
export function stopInTime({ stop, clock, log }: StopPorts): Promise<Left | null> {
  const late = () => new TokentrayError('server_error', 'The stop took too long.')
  return inTime(stop(STOP_MS), { clock, ms: LATEST_MS, late }).catch((error: unknown) => {
    log.error('the stop failed', { error })
    return null
  })
}
