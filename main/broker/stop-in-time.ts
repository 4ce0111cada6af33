import { withDeadline } from '../base/async/deadline.ts'
import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { RemainingTokens } from './revocation/remaining-tokens.ts'

/** What a stop may take. What a hanging call to the system gets (`killIfStuck`) is a second more. */
export interface StopLimits {
  /** Revoking tokens. */
  readonly revokingMs: number
  /** All of it. */
  readonly latestMs: number
}

/** For whoever asks for it: 10 s in all. */
export const USUAL_STOP: StopLimits = { revokingMs: 7_000, latestMs: 9_000 }

/** While the session ends, for which logind gives 5 s (`InhibitDelayMaxSec`): 4 s in all. */
export const STOP_AT_SESSION_END: StopLimits = { revokingMs: 2_000, latestMs: 3_000 }

export interface StopPorts {
  /** Ends every token it can within that time; resolves to how many are left. */
  readonly stop: (deadlineMs: number) => Promise<RemainingTokens>
  readonly clock: Clock
  readonly log: Log
}

/**
 * How every Tokentray stops, with a window or without: within these limits, also if a part of it does not
 * keep its deadline. Resolves to what is left; `null` where that is not known, which the log says. Never
 * rejects.
 */
export function stopInTime(
  { stop, clock, log }: StopPorts,
  { revokingMs, latestMs }: StopLimits = USUAL_STOP,
): Promise<RemainingTokens | null> {
  const late = () => new TokentrayError('server_error', 'The stop took too long.')
  return withDeadline(stop(revokingMs), { clock, ms: latestMs, late }).catch((error: unknown) => {
    log.error('the stop failed', { error })
    return null
  })
}
