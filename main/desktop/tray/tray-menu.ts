import type { AccountView, Snapshot } from '../../../preload/snapshot.ts'
import { inOrder } from '../../../renderer/text/account-order.ts'
import { toAccountLine } from './account-lines.ts'
import { type MenuEntry, type MenuLine, toAction, toPlace } from './menu-lines.ts'
import { toStatusLine, toWarnings } from './status-lines.ts'

/** With it, the menu never has more than twelve entries, which can be read at a glance. */
const MOST_ACCOUNTS = 4

/**
 * The native menu, for what users do most without opening the window: at most twelve entries, however
 * many accounts there are. It is built when something changes and stays as it is until the next
 * change, so it shows times of day, not time left. With `copiesInWindow` its copy lines open the
 * window instead.
 */
export function toMenu(
  snapshot: Snapshot,
  now: number,
  copiesInWindow = false,
): readonly MenuEntry[] {
  const { status, phase } = snapshot
  const runs = phase !== 'blocked' && phase !== 'stopping'
  const accounts = toAccountLines(snapshot, now, copiesInWindow)
  return [
    toStatusLine(snapshot, now),
    ...toWarnings(snapshot),
    'line',
    toAction('open', 'Open Tokentray', { do: 'open' }),
    ...(accounts.length > 0 ? (['line', ...accounts] as const) : []),
    'line',
    status.locked
      ? toAction('unlock', 'Unlock', { do: 'unlock' }, runs)
      : toAction('lock', 'Lock', { do: 'lock' }, runs),
    toPlace('settings', 'Settings…', { at: 'settings' }),
    'line',
    toAction('quit', 'Quit Tokentray', { do: 'quit' }),
  ]
}

/** The accounts at hand, and the way to the others or to the first one. */
function toAccountLines(
  { phase, accounts, status: { locked, vault } }: Snapshot,
  now: number,
  copiesInWindow: boolean,
): MenuLine[] {
  if (accounts.length === 0) {
    // Before it runs, the accounts are not known yet.
    if (phase !== 'running') return []
    return [toPlace('add', 'Add account…', { at: 'add' }, !locked && vault === 'ready')]
  }
  const shown = atHand(accounts).slice(0, MOST_ACCOUNTS)
  return [
    ...shown.map((account) => toAccountLine(account, { locked, now, copiesInWindow })),
    ...(accounts.length > shown.length
      ? [toPlace('all-accounts', 'All accounts…', { at: 'search' })]
      : []),
  ]
}

/**
 * Pinned accounts first, then those that were used last; logged-out ones that are not pinned come last,
 * because nothing can be copied from them.
 */
function atHand(accounts: readonly AccountView[]): readonly AccountView[] {
  const isOut = ({ state, pinned }: AccountView) => state === 'signed_out' && !pinned
  const recent = inOrder(accounts, 'recent')
  return [...recent.filter((each) => !isOut(each)), ...recent.filter(isOut)]
}
