import type { Clock } from '../base/clock.ts'
import type { InstanceLock } from '../base/instance-lock.ts'
import type { Log } from '../base/log.ts'
import type { Published } from './discovery-files.ts'

/** How long a running Tokentray may be without the files that lead to it. */
const LOOK_MS = 10_000

interface StayingFoundPorts {
  readonly published: Published
  readonly lock: InstanceLock
  readonly clock: Clock
  readonly log: Log
  /** Another process has become the broker of this user. */
  readonly lost: () => void
}

/**
 * Keeps a running Tokentray where it can be found: a log-out takes the folder of the session away, and
 * programs that clean up take files that nobody has opened for long. Returns what ends it.
 */
export function stayFound({ published, lock, clock, log, lost }: StayingFoundPorts): () => void {
  let cancel = () => {}
  const look = () => {
    let isOurs = true
    try {
      isOurs = lock.keep(published.restore())
    } catch (error) {
      log.warn('what leads to the endpoint could not be looked after', { error })
    }
    if (isOurs) cancel = clock.after(LOOK_MS, look)
    else lost()
  }
  // At once as well: the lock says where the files have come to lie.
  look()
  return () => cancel()
}
