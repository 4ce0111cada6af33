import type { ActivityView } from '../../preload/contract.ts'

const EVENTS: Readonly<Record<string, string>> = {
  issue: 'Token handed out',
  refuse: 'Refused',
  end: 'Leases ended',
  login: 'Logged in',
  login_required: 'Login required',
  logout: 'Logged out',
  lock: 'Locked',
  unlock: 'Unlocked',
  portal: 'Portal opened',
  rotate: 'Tokens rotated',
  revoke_token: 'Token ended',
  revoke_all: 'All tokens ended',
  host_silent: 'Service left alone',
  token_revoked: 'Token revoked',
  token_expired: 'Token expired',
  token_waiting: 'Token waiting to be revoked',
  token_left: 'Token valid until it expires',
  token_given_up: 'Expired token left on the list',
  reset: 'Tokentray was reset',
}

/** Codes of refusals that a person meets most, in words. */
const CODES: Readonly<Record<string, string>> = {
  access_denied: 'not allowed',
  invalid_target: 'no such account for it',
  invalid_client: 'wrong secret',
  login_required: 'login required',
  vault_locked: 'locked',
  vault_unavailable: 'no keychain',
  rate_limited: 'too many tries',
  temporarily_unavailable: 'service down',
  unexpected_answer: 'unexpected answer',
}

/** What happened, in a few words. */
export function eventName({ event, code }: ActivityView): string {
  const name = EVENTS[event] ?? capital(words(event))
  return code === undefined ? name : `${name}: ${CODES[code] ?? words(code)}`
}

/** True for what a person may want to look into. */
export const isRefusal = ({ event, code }: ActivityView): boolean =>
  event === 'refuse' || code !== undefined

const words = (text: string) => text.replaceAll('_', ' ')
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
