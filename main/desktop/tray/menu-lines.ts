import type { CopyForm } from '../../../preload/snapshot.ts'
import type { Place } from '../window/popover.ts'

/** The action of a menu line. */
export type MenuAction =
  | { readonly do: 'endAll' | 'lock' | 'unlock' | 'quit' }
  /** Opens the window, optionally at a place in it. */
  | { readonly do: 'open'; readonly place?: Place }
  | ({ readonly do: 'logout' } & OfAccount)
  | ({ readonly do: 'copy'; readonly form: CopyForm } & OfAccount)
  | { readonly do: 'endLease'; readonly lease: string }

/** With its uid, because by the time of the click the name may belong to another account. */
interface OfAccount {
  readonly uid: string
  readonly account: string
  /** What the account is called in the menu. */
  readonly called: string
}

/** One line of the menu, as data. A line without an action or submenu is only text. */
export interface MenuLine {
  readonly id: string
  readonly label: string
  readonly action?: MenuAction
  readonly lines?: readonly MenuEntry[]
  readonly enabled?: false
}

export type MenuEntry = MenuLine | 'line'

/** A line that does something when clicked, or is grey. */
export function toAction(id: string, label: string, action: MenuAction, enabled = true): MenuLine {
  return { id, label, action, ...(!enabled && { enabled }) }
}

/** A line that opens the window at a place. */
export function toPlace(id: string, label: string, place: Place, enabled = true): MenuLine {
  return toAction(id, label, { do: 'open', place }, enabled)
}

/** A line that is only text. */
export function toText(id: string, label: string): MenuLine {
  return { id, label, enabled: false }
}
