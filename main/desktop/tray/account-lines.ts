import type { AccountView, CopyForm } from '../../../preload/snapshot.ts'
import { called } from '../../../renderer/text/accounts.ts'
import { timeOfDay } from '../../base/text/time-of-day.ts'
import { type MenuLine, toAction, toPlace, toText } from './menu-lines.ts'
import { toLabel } from './wording.ts'

interface MenuFacts {
  readonly locked: boolean
  /** Epoch milliseconds. */
  readonly now: number
  /** Copy lines open the window, because the menu cannot copy here. */
  readonly copiesInWindow: boolean
}

/**
 * The line of an account. Its submenu begins with what it is opened for, copying, and ends with what
 * cannot be undone.
 */
export function toAccountLine(account: AccountView, facts: MenuFacts): MenuLine {
  const { locked, now, copiesInWindow } = facts
  const { uid, id, state } = account
  const of = { uid, account: id, called: called(account) }
  const isIn = state === 'signed_in'
  // Lines that open a window end in an ellipsis.
  const more = copiesInWindow ? '…' : ''
  const copy = (form: CopyForm, label: string) =>
    toAction(`copy-${form}:${id}`, label + more, { do: 'copy', ...of, form }, isIn && !locked)
  const leave = { do: 'logout', ...of } as const
  return {
    id: `account:${id}`,
    label: toLabel(isIn ? called(account) : `${called(account)} – ${wordOf(account)}`),
    lines: [
      copy('token', 'Copy token'),
      copy('header', 'Copy as header'),
      copy('curl', 'Copy as curl'),
      'line',
      toText(`state:${id}`, toLabel(`${account.label}: ${wordOf(account)}`)),
      ...sessionOf(account, now),
      ...reasonOf(account),
      toPlace(`login:${id}`, isIn ? 'Log in again…' : 'Log in…', { at: 'login', account: id }),
      'line',
      toAction(`logout:${id}`, 'Log out…', leave, state !== 'signed_out'),
    ],
  }
}

function reasonOf({ id, loginRequiredReason }: AccountView): MenuLine[] {
  if (!loginRequiredReason) return []
  return [toText(`reason:${id}`, toLabel(loginRequiredReason.description))]
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

function sessionOf({ id, state, sessionEndsAt }: AccountView, now: number): MenuLine[] {
  if (state !== 'signed_in' || sessionEndsAt === undefined) return []
  return [toText(`session-of:${id}`, `Session until ${timeOfDay(sessionEndsAt, now)}`)]
}
