import type { Failure } from '../../preload/contract.ts'

/** What to do here, where the general hint names a command line. */
const HERE: Readonly<Record<string, string>> = {
  login_required: 'Log in to it again.',
  vault_locked: 'Unlock Tokentray, or the keychain of the system.',
  vault_unavailable:
    'On Linux install gnome-keyring and start a session bus, or keep credentials in memory.',
  not_found: 'It may be gone already.',
  not_supported: 'Its menu shows what it can do.',
  not_running: 'Quit Tokentray and open it again.',
}

/** The next step for a person in front of the window. */
export function nextStep({ code, hint }: Failure): string {
  return hint.includes('"tokentray ') ? (HERE[code] ?? hint) : hint
}
