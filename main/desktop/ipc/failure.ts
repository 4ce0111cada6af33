import type { Failure } from '../../../preload/failure.ts'
import { systemClock } from '../../base/clock.ts'
import { type ErrorCode, errorTable, toTokentrayError } from '../../base/errors.ts'
import { findDirectories } from '../../base/files/directories.ts'
import { logFileIn } from '../../base/files/log-file.ts'
import { forWindow } from '../../base/text/hints.ts'
import { secondOfDay } from '../../base/text/time-of-day.ts'

/** The next step for somebody who looks at the popover, where there is none but a command. */
const hints: Partial<Record<ErrorCode, string>> = {
  not_supported: 'The account shows what can be done.',
  not_found: 'It may have been removed or renamed meanwhile.',
  login_required: 'Log in again.',
  vault_locked: 'Unlock Tokentray, or unlock the keychain of this computer, and try again.',
  vault_unavailable:
    'On Linux install gnome-keyring and log in again, or keep credentials in memory until you quit.',
  already_running: 'Stop the other one, or go on using that one.',
}

/**
 * An error as the page, or a dialog of the menu, may show it at `now`: the words for a person in front of
 * it, nothing of what is behind them.
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
    // The window has a button for it.
    ...(silentHost !== undefined && { canTryNow: true }),
  }
}

/** Where to look: nobody sees what a program without a terminal prints. */
const ofMistake = () =>
  `Try again. If it happens again, report what ${logFileIn(findDirectories().data)} says.`
