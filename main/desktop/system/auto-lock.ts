import type { Snapshot } from '../../../preload/snapshot.ts'
import type { Log } from '../../base/log.ts'
import { program } from '../../broker/record/actor.ts'
import type { AutoClear } from '../clipboard/auto-clear.ts'
import type { Host } from '../host.ts'
import type { Notifier } from './notifier.ts'
import type { Preferences } from './preferences.ts'

interface LockingPorts {
  readonly host: Pick<Host, 'running'>
  readonly preferences: Pick<Preferences, 'view'>
  readonly copying: Pick<AutoClear, 'clear'>
  readonly changed: () => void
  readonly log: Log
}

/**
 * What goes with a locked screen and a sleeping machine: the clipboard is cleared, and Tokentray locks
 * if the person wants that.
 */
export function createAutoLock({ host, preferences, copying, changed, log }: LockingPorts) {
  const away = () => {
    void copying.clear()
    const broker = host.running?.broker
    if (!broker || broker.locked || !preferences.view().lockOnSleep) return
    try {
      broker.lock(program, 'The screen was locked, or the computer went to sleep.')
    } catch (error) {
      // It is locked all the same, until the next start.
      log.error('the lock could not be stored', { error })
    }
  }
  // What was slept through the broker sees by its clocks; what is shown is out of date at once.
  return { locked: away, suspended: away, resumed: changed }
}

/** What a change sets off besides being drawn; to be told of every snapshot. */
export function watchSnapshots(
  notifier: Pick<Notifier, 'resolved' | 'cleared'>,
): (snapshot: Snapshot) => void {
  let before: Snapshot | null = null
  return (snapshot) => {
    const waiting = waitingIn(snapshot)
    if (before) for (const id of waitingIn(before)) if (!waiting.has(id)) notifier.resolved(id)
    if (before?.copied && !snapshot.copied) notifier.cleared()
    before = snapshot
  }
}

/** The accounts that need a login. */
const waitingIn = ({ accounts }: Snapshot): ReadonlySet<string> =>
  new Set(accounts.flatMap(({ id, state }) => (state === 'login_required' ? [id] : [])))
