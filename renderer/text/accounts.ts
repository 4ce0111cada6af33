import { type AccountColor, accountColors } from '../../main/base/text/account-looks.ts'
import type { AccountView, CopiedForm, CopiedView, LeaseKind } from '../../preload/snapshot.ts'
import { inWords } from './times.ts'

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

/** What a row or a menu says of the state; `null` where all is normal. */
export function unusualState(account: Pick<AccountView, 'state' | 'underWay'>): string | null {
  const { state, underWay } = account
  if (underWay === 'rotation' && state === 'signed_in') return 'Tokens being replaced'
  return state === 'signed_in' && underWay === undefined ? null : stateOf(account)
}

/** What the user calls the account: its display name, or the name in its id. */
export const nameOf = ({ name, displayName }: Pick<AccountView, 'name' | 'displayName'>): string =>
  displayName ?? name

type Called = Pick<AccountView, 'id' | 'displayName'>

/** The account within a sentence: its display name, or its whole id. */
export const called = ({ id, displayName }: Called): string => displayName ?? id

/** What accounts are called, by their ids. An account that is no longer listed is called by its id. */
export function namesOf(accounts: readonly Called[]): (id: string) => string {
  const names = new Map(accounts.map((account) => [account.id, called(account)]))
  return (id) => names.get(id) ?? id
}

/** The same tokens, with their accounts as these are called. */
export function withNames<Token extends { readonly account: string }>(
  tokens: readonly Token[],
  accounts: readonly Called[],
): readonly Token[] {
  const nameFor = namesOf(accounts)
  return tokens.map((token) => ({ ...token, account: nameFor(token.account) }))
}

/** The colors to choose from for an account. */
export const COLORS: readonly { readonly value: AccountColor | 'none'; readonly label: string }[] =
  [
    { value: 'none', label: 'None' },
    ...accountColors.map((value) => ({
      ...{ value, label: `${value.charAt(0).toUpperCase()}${value.slice(1)}` },
    })),
  ]

/** The copied thing, at the start of a sentence: `Token`. */
export const COPIES: Readonly<Record<CopiedForm, string>> = {
  token: 'Token',
  header: 'Header',
  curl: 'curl command',
  link: 'Link',
  secret: 'Secret',
  command: 'Command',
}

/** What was copied and whose it is: `Token of sftpgo/home`, `Secret of backup`. */
export const nameOfCopied = (
  { form, account, tool }: CopiedView,
  accounts: readonly Called[],
): string =>
  `${COPIES[form]} of ${account === undefined ? (tool ?? '') : namesOf(accounts)(account)}`

/** The choices for token sharing. */
export const KINDS: Readonly<Record<LeaseKind, string>> = {
  shared: 'Shared by all tools',
  dedicated: 'Separate for each tool',
}

/** The token lifetimes to choose from, plus the current one; in seconds. */
export function leaseLengths(current: number): readonly number[] {
  return withCurrent([300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 604_800], current)
}

/** The token lifetimes of a tool to choose from, plus its current one: values in seconds, 0 for that of each account. */
export function toolLifetimes(current: number): readonly { value: string; label: string }[] {
  return withCurrent(leaseLengths(0), current).map((seconds) => ({
    value: String(seconds),
    label: seconds === 0 ? 'As set for the account' : inWords(seconds),
  }))
}

/** The clipboard times to choose from, plus the current one; in seconds. */
export function clipboardTimes(current: number): readonly number[] {
  return withCurrent([10, 20, 30, 60, 120, 300], current)
}

/** The times without use after which to lock, plus the current one; in minutes, 0 for never. */
export function idleTimes(current: number): readonly number[] {
  return withCurrent([0, 5, 15, 30, 60, 120, 240], current)
}

function withCurrent(offered: readonly number[], current: number): readonly number[] {
  return [...new Set([...offered, current])].sort((a, b) => a - b)
}
