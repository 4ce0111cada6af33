import type { AccountView, CopyForm, Snapshot } from '../../../preload/snapshot.ts'
import { countActive, describeActive } from '../../../renderer/text/active.ts'
import { holder } from '../../../renderer/text/names.ts'
import { timeOfDay } from '../../base/text/time-of-day.ts'
import { toLabel } from './wording.ts'

/** The action of a menu line. */
export type MenuAction =
  | { readonly do: 'open' | 'settings' | 'endAll' | 'lock' | 'unlock' | 'quit' }
  | { readonly do: 'login'; readonly account: string }
  | ({ readonly do: 'logout' } & OfAccount)
  | ({ readonly do: 'copy'; readonly form: CopyForm } & OfAccount)
  | { readonly do: 'endLease'; readonly lease: string }
  | { readonly do: 'startAtLogin'; readonly on: boolean }

/** With its uid, because by the time of the click the name may belong to another account. */
interface OfAccount {
  readonly uid: string
  readonly account: string
}

/** One line of the menu, as data. A line without an action or submenu is only text. */
export interface MenuLine {
  readonly id: string
  readonly label: string
  readonly action?: MenuAction
  readonly lines?: readonly MenuEntry[]
  /** A check box, and whether it is checked. */
  readonly checked?: boolean
  readonly enabled?: false
}

export type MenuEntry = MenuLine | 'line'

/** The most entries of each list: a longer menu is slow to build and hard to search. */
const MOST = 50

/**
 * The native menu, for what users do most without opening the window. It is built when something
 * changes and stays as it is until the next change, so it shows times of day, not time left. With
 * `copiesInWindow` its copy lines open the window instead.
 */
export function toMenu(
  snapshot: Snapshot,
  now: number,
  copiesInWindow = false,
): readonly MenuEntry[] {
  const { accounts, status, phase, preferences } = snapshot
  const runs = phase !== 'blocked' && phase !== 'stopping'
  return [
    { id: 'open', label: 'Open Tokentray', action: { do: 'open' } },
    ...statusLines(snapshot),
    'line',
    ...listedAccounts(accounts).map((account) =>
      toAccountLine(account, { locked: status.locked, now, copiesInWindow }),
    ),
    ...moreLine('accounts', accounts),
    ...(accounts.length > 0 ? (['line'] as const) : []),
    toActiveTokensLine(snapshot, now),
    status.locked
      ? toAction('unlock', 'Unlock', { do: 'unlock' }, runs)
      : toAction('lock', 'Lock', { do: 'lock' }, runs),
    'line',
    { id: 'settings', label: 'Settings…', action: { do: 'settings' } },
    {
      id: 'start-at-login',
      label: 'Start at login',
      checked: preferences.startAtLogin,
      action: { do: 'startAtLogin', on: !preferences.startAtLogin },
    },
    'line',
    { id: 'quit', label: 'Quit Tokentray', action: { do: 'quit' } },
  ]
}

/** What is not normal, in a few words each. */
function statusLines({ phase, status, otherBroker, accounts }: Snapshot): MenuLine[] {
  const say = (id: string, label: string): MenuLine => ({ id, label, enabled: false })
  if (phase === 'starting') return [say('says-starting', 'Starting…')]
  if (phase === 'stopping') return [say('says-stopping', 'Revoking active tokens…')]
  if (phase === 'blocked') {
    const what = otherBroker?.kind === 'agent' ? 'The agent' : 'Another Tokentray'
    return [say('says-blocked', `${what} is running`)]
  }
  return [
    ...(status.vault === 'ready' ? [] : [say('says-vault', 'The keychain cannot be used')]),
    ...(status.portTaken
      ? [say('says-port', `Another program uses port ${status.portTaken.port}`)]
      : []),
    ...(status.memory
      ? [say('says-memory', 'Not saved: accounts are forgotten when you quit')]
      : []),
    ...[...silences(accounts)]
      .slice(0, MOST)
      .map((brief, index) => say(`says-silent:${index}`, toLabel(brief))),
    ...(accounts.length === 0 ? [say('says-empty', 'No accounts yet')] : []),
  ]
}

/** Each host once, however many accounts it has. */
const silences = (accounts: readonly AccountView[]): ReadonlySet<string> =>
  new Set(accounts.flatMap(({ silentHost }) => (silentHost ? [silentHost.brief] : [])))

/** All accounts; if there are too many, logged-out ones are left out first. The order stays. */
function listedAccounts(accounts: readonly AccountView[]): readonly AccountView[] {
  if (accounts.length <= MOST) return accounts
  const inUse = accounts.filter(({ state }) => state !== 'signed_out')
  const others = accounts.filter(({ state }) => state === 'signed_out')
  const few = new Set([...inUse, ...others].slice(0, MOST))
  return accounts.filter((account) => few.has(account))
}

/** A line with the number of entries that are not in the menu, which opens the window. */
function moreLine(id: string, all: readonly unknown[]): MenuLine[] {
  const more = all.length - MOST
  if (more <= 0) return []
  return [toAction(`more-${id}`, `${more} more in the window…`, { do: 'open' })]
}

interface MenuFacts {
  readonly locked: boolean
  readonly now: number
  readonly copiesInWindow: boolean
}

function toAccountLine(account: AccountView, facts: MenuFacts): MenuLine {
  const { locked, now, copiesInWindow } = facts
  const { uid, id, state } = account
  const copies = state === 'signed_in' && !locked
  // Lines that open a window end in an ellipsis.
  const more = copiesInWindow ? '…' : ''
  const copy = (form: CopyForm, label: string) =>
    toAction(`copy-${form}:${id}`, label + more, { do: 'copy', uid, account: id, form }, copies)
  const isIn = state === 'signed_in'
  return {
    id: `account:${id}`,
    label: toLabel(isIn ? id : `${id} – ${wordOf(account)}`),
    lines: [
      stateOf(account),
      ...sessionOf(account, now),
      ...reasonOf(account),
      copy('token', 'Copy token'),
      copy('header', 'Copy as header'),
      copy('curl', 'Copy as curl'),
      'line',
      toAction(`login:${id}`, isIn ? 'Log in again…' : 'Log in…', { do: 'login', account: id }),
      'line',
      toAction(
        `logout:${id}`,
        'Log out…',
        { do: 'logout', uid, account: id },
        state !== 'signed_out',
      ),
    ],
  }
}

function reasonOf({ id, loginRequiredReason }: AccountView): MenuLine[] {
  if (!loginRequiredReason) return []
  return [{ id: `reason:${id}`, label: toLabel(loginRequiredReason.description), enabled: false }]
}

function wordOf({ state }: AccountView): string {
  switch (state) {
    case 'signed_in':
      return 'logged in'
    case 'signed_out':
      return 'logged out'
    case 'login_required':
      return 'login required'
    default:
      return state satisfies never
  }
}

function stateOf(account: AccountView): MenuLine {
  const label = toLabel(`${account.label}: ${wordOf(account)}`)
  return { id: `state:${account.id}`, label, enabled: false }
}

function sessionOf({ id, state, sessionEndsAt }: AccountView, now: number): MenuLine[] {
  if (state !== 'signed_in' || sessionEndsAt === undefined) return []
  const label = `Session until ${timeOfDay(sessionEndsAt, now)}`
  return [{ id: `session-of:${id}`, label, enabled: false }]
}

/** The active tokens, with a submenu to revoke them; at the end, away from the most used lines. */
function toActiveTokensLine(snapshot: Snapshot, now: number): MenuLine {
  const { leases, sessions } = snapshot
  const out = sessions.filter(({ mayBeOut }) => mayBeOut)
  const label = { id: 'out', label: describeActive(snapshot) }
  if (countActive(snapshot) === 0) return { ...label, enabled: false }
  return {
    ...label,
    lines: [
      ...leases.slice(0, MOST).map(({ id, client, account, endsAt }) => ({
        id: `end:${id}`,
        label: toLabel(
          `Revoke ${holder(client) === 'you' ? 'your token' : client}: ${account}, until ${timeOfDay(endsAt, now)}…`,
        ),
        action: { do: 'endLease' as const, lease: id },
      })),
      ...moreLine('leases', leases),
      ...out.slice(0, MOST).map(({ id, account }) => ({
        id: `session:${id}`,
        label: toLabel(`Session token of ${account}: a tool may have it`),
        enabled: false as const,
      })),
      ...moreLine('sessions', out),
      'line',
      toAction('end-all', 'Revoke all…', { do: 'endAll' }),
    ],
  }
}

function toAction(id: string, label: string, action: MenuAction, enabled = true): MenuLine {
  return { id, label, action, ...(!enabled && { enabled }) }
}
