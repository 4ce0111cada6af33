import type { Failure } from '../../preload/contract.ts'
import { type ErrorCode, errorTable, toTokentrayError } from '../base/errors.ts'
import { forWindow } from '../base/settable.ts'
import { TRY_NOW_COMMAND } from '../broker/hosts.ts'

/** The next step for somebody who looks at the popover, where the table names a command. */
const hints: Partial<Record<ErrorCode, string>> = {
  not_supported: 'The account shows what can be done.',
  not_found: 'It may have been removed or renamed meanwhile.',
  login_required: 'Log in again.',
  vault_locked: 'Unlock Tokentray, or unlock the keychain of this computer, and try again.',
  vault_unavailable:
    'On Linux install gnome-keyring and log in again, or keep credentials in memory until you quit.',
  already_exists: 'Choose another name.',
  already_running: 'Stop the other one, or go on using that one.',
  server_error: 'Try again; if it happens again, look into the log and report it.',
}

/** An error as the page may show it: the words for a person, nothing of what is behind them. */
export function toFailure(error: unknown): Failure {
  const { code, message, hint, account, retryAt, silentHost } = toTokentrayError(error)
  const isFromTable = hint === errorTable[code].hint
  return {
    code,
    message,
    // The window has a button for it.
    hint: toHint(
      (isFromTable ? hints[code] : undefined) ??
        forWindow(hint.replace(TRY_NOW_COMMAND, '').trim()),
      retryAt,
    ),
    ...(account !== undefined && { account }),
    ...(silentHost !== undefined && { canTryNow: true }),
  }
}

/** With the time of day from which another try may work. */
function toHint(hint: string, retryAt: number | undefined): string {
  if (retryAt === undefined) return hint
  const time = new Date(retryAt).toLocaleTimeString([], { timeStyle: 'medium' })
  return `${hint} Try again at ${time}.`
}
