import type { Snapshot } from '../../../preload/snapshot.ts'
import type { Log } from '../../base/log.ts'
import { program } from '../../broker/record/actor.ts'
import type { AutoClear } from '../clipboard/auto-clear.ts'
import type { Host } from '../host.ts'
import type { Notifier } from './notifier.ts'
import type { Preferences } from './preferences.ts'

interface AutoLockPorts {
  readonly host: Pick<Host, 'running'>
  readonly preferences: Pick<Preferences, 'view'>
  readonly autoClear: Pick<AutoClear, 'clear'>
  readonly changed: () => void
  readonly log: Log
}

/**
 * Clears the clipboard and locks Tokentray: on a locked screen or before sleep if that preference is on, and
 * when the computer is idle.
 */
export function createAutoLock({ host, preferences, autoClear, changed, log }: AutoLockPorts) {
  const lock = (reason: string) => {
    const broker = host.running?.broker
    if (!broker || broker.locked) return
    try {
      broker.lock(program, reason)
    } catch (error) {
      // It is locked anyway, until the next start.
      log.error('the lock could not be stored', { error })
    }
  }
  const away = () => {
    void autoClear.clear()
    if (!preferences.view().lockOnSleep) return
    lock('The screen was locked, or the computer went to sleep.')
  }
  const idle = () => {
    void autoClear.clear()
    lock('The computer was not used for a while.')
  }
  // After sleep the broker notices by its clocks; the display has to be refreshed now.
  return { locked: away, suspended: away, resumed: changed, idle }
}

/** Removes notifications that no longer apply; to be called with every snapshot. */
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
