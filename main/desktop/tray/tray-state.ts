import type { Snapshot } from '../../../preload/snapshot.ts'
import { describeActive } from '../../../renderer/text/active.ts'

/** The states that the icon can show. */
export type TrayState = 'fine' | 'attention' | 'locked'

/** What the icon can look like: its state or, for a moment, that something was copied. */
export type TrayImage = TrayState | 'copied'

/** The most important state. `locked` hides the rest, because nothing else can be done while locked. */
export function toTrayState({ phase, status, accounts }: Snapshot): TrayState {
  if (status.locked) return 'locked'
  const needsAttention =
    phase === 'blocked' ||
    status.vault !== 'ready' ||
    status.portTaken !== undefined ||
    status.unshown === true ||
    accounts.some(({ state, silentHost }) => state === 'login_required' || silentHost)
  return needsAttention ? 'attention' : 'fine'
}

/** The tooltip of the icon. */
export function toToolTip(snapshot: Snapshot): string {
  const { phase, status, accounts, copied } = snapshot
  if (phase === 'blocked') return 'Tokentray: another Tokentray is running'
  if (phase === 'starting') return 'Tokentray: starting'
  if (phase === 'stopping') return 'Tokentray: quitting'
  if (status.locked) return 'Tokentray: locked'
  if (status.vault !== 'ready') return 'Tokentray: the keychain cannot be used'
  if (status.portTaken) {
    return `Tokentray: another program uses port ${status.portTaken.port}`
  }
  const silent = accounts.find((each) => each.silentHost)?.silentHost
  if (silent) return `Tokentray: ${silent.brief}`
  if (copied) {
    const { form, account, tool } = copied
    const what = tool === undefined ? (form === 'link' ? 'link' : 'token') : 'secret'
    return `Tokentray: a ${what} of ${account ?? tool} is in the clipboard`
  }
  const waiting = accounts.filter(({ state }) => state === 'login_required').length
  if (waiting === 0 && status.unshown) return 'Tokentray: open it to read a message'
  if (waiting === 0) return `Tokentray: ${lowerCase(describeActive(snapshot))}`
  return `Tokentray: ${waiting === 1 ? '1 account needs' : `${waiting} accounts need`} you to log in`
}

const lowerCase = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
