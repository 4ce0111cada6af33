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

/** The state of an account or the operation in progress, in the same words as the command line. */
export function stateOf({ state, underWay }: Pick<AccountView, 'state' | 'underWay'>): string {
  if (underWay === undefined) return STATES[state]
  return underWay === 'rotation' ? `${STATES[state]}, ${UNDER_WAY.rotation}` : UNDER_WAY[underWay]
}

/** The copied thing, at the start of a sentence: `Token`. */
export const COPIES: Readonly<Record<CopiedForm, string>> = {
  token: 'Token',
  header: 'Header',
  curl: 'curl command',
  link: 'Link',
}

/** The choices for token sharing. */
export const KINDS: Readonly<Record<LeaseKind, string>> = {
  shared: 'Shared by all tools',
  dedicated: 'Separate for each tool',
}

/** The token lifetimes to choose from, plus the current one; in seconds. */
export function leaseLengths(current: number): readonly number[] {
  return withCurrent([300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 604_800], current)
}

/** The clipboard times to choose from, plus the current one; in seconds. */
export function clipboardTimes(current: number): readonly number[] {
  return withCurrent([10, 20, 30, 60, 120, 300], current)
}

function withCurrent(offered: readonly number[], current: number): readonly number[] {
  return [...new Set([...offered, current])].sort((a, b) => a - b)
}
