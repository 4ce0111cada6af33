import type { AccountView, Snapshot } from '../../../preload/snapshot.ts'
import { countActive, describeActive } from '../../../renderer/text/active.ts'
import { holder } from '../../../renderer/text/names.ts'
import { timeOfDay } from '../../base/text/time-of-day.ts'
import { type MenuEntry, type MenuLine, toAction, toPlace, toText } from './menu-lines.ts'
import { toLabel } from './wording.ts'

/** The most tokens in the submenu; the window lists all of them. */
const MOST_TOKENS = 12
/** The most warnings in the menu; the window shows all of them. */
const MOST_WARNINGS = 2

/**
 * The first line: what Tokentray is doing, or how many tokens are active, with a submenu to revoke
 * them, which also works while it is locked.
 */
export function toStatusLine(snapshot: Snapshot, now: number): MenuLine {
  const label = toLabel(describeStatus(snapshot))
  if (countActive(snapshot) === 0) return toText('status', label)
  return { id: 'status', label, lines: toTokenLines(snapshot, now) }
}

function describeStatus(snapshot: Snapshot): string {
  const { phase, status, otherBroker, lingering } = snapshot
  if (phase === 'starting') return 'Starting…'
  if (phase === 'stopping') return 'Revoking active tokens…'
  if (phase === 'blocked') {
    return `${otherBroker?.kind === 'agent' ? 'The agent' : 'Another Tokentray'} is running`
  }
  const active = describeActive(snapshot)
  if (!status.locked) return active
  if (countActive(snapshot) + lingering.length === 0) return 'Locked'
  return `Locked, ${lowerCase(active)}`
}

/** The active tokens; revoking comes last, and revoking all of them at the very end. */
function toTokenLines({ leases, sessions }: Snapshot, now: number): MenuEntry[] {
  const held = sessions.filter(({ mayBeOut }) => mayBeOut)
  const revocable = leases.slice(0, MOST_TOKENS)
  const others = held.slice(0, MOST_TOKENS - revocable.length)
  const more = leases.length + held.length - revocable.length - others.length
  return [
    ...others.map(({ id, account }) =>
      toText(`session:${id}`, toLabel(`Session token of ${account}: a tool may have it`)),
    ),
    ...revocable.map(({ id, client, account, endsAt }) => {
      const whose = holder(client) === 'you' ? 'your token' : client
      const label = `Revoke ${whose}: ${account}, until ${timeOfDay(endsAt, now)}…`
      return toAction(`end:${id}`, toLabel(label), { do: 'endLease', lease: id })
    }),
    ...(more > 0 ? [toPlace('more-tokens', `${more} more in the window…`, { at: 'tokens' })] : []),
    'line',
    toAction('end-all', 'Revoke all…', { do: 'endAll' }),
  ]
}

/** What is not normal, in a few words each: the two most important ones. */
export function toWarnings({ phase, status, accounts }: Snapshot): MenuLine[] {
  if (phase !== 'running') return []
  const { vault, portTaken, memory } = status
  return [
    ...(vault === 'ready' ? [] : [toText('says-vault', 'The keychain cannot be used')]),
    ...(portTaken ? [toText('says-port', `Another program uses port ${portTaken.port}`)] : []),
    ...toLoginWarning(accounts),
    ...[...silences(accounts)].map((brief, index) =>
      toText(`says-silent:${index}`, toLabel(brief)),
    ),
    ...(memory ? [toText('says-memory', 'Not saved: accounts are forgotten when you quit')] : []),
  ].slice(0, MOST_WARNINGS)
}

/** Accounts that need a login may not be among those that the menu lists. */
function toLoginWarning(accounts: readonly AccountView[]): MenuLine[] {
  const [first, ...others] = accounts.filter(({ state }) => state === 'login_required')
  if (!first) return []
  if (others.length > 0) {
    const label = `${others.length + 1} accounts need you to log in…`
    return [toPlace('says-login', label, { at: 'accounts' })]
  }
  const label = toLabel(`${first.id} needs you to log in…`)
  return [toPlace('says-login', label, { at: 'login', account: first.id })]
}

/** Each host once, however many accounts it has. */
const silences = (accounts: readonly AccountView[]): ReadonlySet<string> =>
  new Set(accounts.flatMap(({ silentHost }) => (silentHost ? [silentHost.brief] : [])))

const lowerCase = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
