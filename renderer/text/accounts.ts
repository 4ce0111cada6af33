import type { AccountView, CopiedForm, LeaseKind } from '../../preload/snapshot.ts'

const STATES: Readonly<Record<AccountView['state'], string>> = {
  signed_in: 'Logged in',
  signed_out: 'Logged out',
  login_required: 'Login required',
}

const UNDER_WAY: Readonly<Record<NonNullable<AccountView['underWay']>, string>> = {
  logout: 'Being logged out',
  removal: 'Being removed',
  rotation: 'tokens being replaced',
}

/** The state of an account, or what is being done to it, as the command line says it. */
export function stateOf({ state, underWay }: Pick<AccountView, 'state' | 'underWay'>): string {
  if (underWay === undefined) return STATES[state]
  return underWay === 'rotation' ? `${STATES[state]}, ${UNDER_WAY.rotation}` : UNDER_WAY[underWay]
}

/** What is copied, as the start of a sentence: `Token`. */
export const COPIES: Readonly<Record<CopiedForm, string>> = {
  token: 'Token',
  header: 'Header',
  curl: 'curl line',
  link: 'Link',
}

/** The kinds of lease, as choices. */
export const KINDS: Readonly<Record<LeaseKind, string>> = {
  shared: 'Shared: one token for all tools',
  dedicated: 'Dedicated: a token for each tool',
}

/** The lengths that leases are offered in, with the current one if it is another; in seconds. */
export function leaseLengths(current: number): readonly number[] {
  return withCurrent([300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 604_800], current)
}

/** The times after which the clipboard may be cleared, with the current one; in seconds. */
export function clipboardTimes(current: number): readonly number[] {
  return withCurrent([10, 20, 30, 60, 120, 300], current)
}

function withCurrent(offered: readonly number[], current: number): readonly number[] {
  return [...new Set([...offered, current])].sort((a, b) => a - b)
}
