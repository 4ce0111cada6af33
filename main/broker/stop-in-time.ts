import { withDeadline } from '../base/async/deadline.ts'
import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { RemainingTokens } from './revocation/remaining-tokens.ts'

/** Time limits of a stop. A hanging system call gets a second more (`killIfStuck`). */
export interface StopLimits {
  /** Revoking tokens. */
  readonly revokingMs: number
  /** In total. */
  readonly latestMs: number
}

/** On request: 10 s in total. */
export const USUAL_STOP: StopLimits = { revokingMs: 7_000, latestMs: 9_000 }

/** At the end of the desktop session, for which logind allows 5 s (`InhibitDelayMaxSec`): 4 s in total. */
export const STOP_AT_SESSION_END: StopLimits = { revokingMs: 2_000, latestMs: 3_000 }

export interface StopPorts {
  /** Revokes as many tokens as it can in that time; resolves to what is left. */
  readonly stop: (deadlineMs: number) => Promise<RemainingTokens>
  readonly clock: Clock
  readonly log: Log
}

/**
 * Stops Tokentray, with or without a window, within these limits, even if a part of it misses its deadline.
 * Resolves to the tokens that are left; `null`, with a line in the log, if that is unknown. Never rejects.
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
