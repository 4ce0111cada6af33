import type { Failure } from '../../../preload/failure.ts'
import { systemClock } from '../../base/clock.ts'
import { type ErrorCode, errorTable, toTokentrayError } from '../../base/errors.ts'
import { findDirectories } from '../../base/files/directories.ts'
import { logFileIn } from '../../base/files/log-file.ts'
import { forWindow } from '../../base/text/hints.ts'
import { secondOfDay } from '../../base/text/time-of-day.ts'

/** The next step for a user of the window, if the error itself only names a command. */
const hints: Partial<Record<ErrorCode, string>> = {
  not_supported: 'Open the account to see what it supports.',
  not_found: 'It may have been removed or renamed.',
  login_required: 'Tools get no tokens for this account until you log in.',
  vault_locked: 'Unlock Tokentray, then try again.',
  vault_unavailable:
    'On Linux, install gnome-keyring and log in again, or keep passwords in memory only.',
  already_running: 'Quit the other one, or use that one.',
}

/**
 * An error as the window or a dialog may show it at `now`: message and hint for the user, without
 * internal details.
 */
export function toFailure(error: unknown, now = systemClock.now()): Failure {
  const { code, message, hint, account, field, retryAt, silentHost } = toTokentrayError(error)
  const isFromTable = hint === errorTable[code].hint
  const own = code === 'server_error' ? ofMistake() : hints[code]
  const step = (isFromTable && own) || forWindow(hint) || (own ?? '')
  const retry = retryAt === undefined ? '' : ` Try again at ${secondOfDay(retryAt, now)}.`
  return {
    ...{ code, message, hint: `${step}${retry}`.trim() },
    ...(account !== undefined && { account }),
    ...(field !== undefined && { field }),
    // The window shows a button for it.
    ...(silentHost !== undefined && { canTryNow: true }),
  }
}

/** Names the log file, because the output of a desktop program is not visible. */
const ofMistake = () =>
  `Try again. If it happens again, report what ${logFileIn(findDirectories().data)} says.`
