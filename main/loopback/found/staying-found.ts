import type { Clock } from '../../base/clock.ts'
import { type WatchFiles, watchFiles } from '../../base/files/watch-files.ts'
import type { Log } from '../../base/log.ts'
import type { InstanceLock } from '../../base/process/instance-lock.ts'
import { endpointFile, ownerKeyFile } from './discovery.ts'
import type { Published } from './discovery-files.ts'

/** How long it may be without them where nothing tells, as when a folder that was not there is made. */
const LOOK_MS = 10_000
/** Where the system tells; not every file system tells of all that happens to it. */
const LOOK_ALL_THE_SAME_MS = 60_000
/** Between a change and the look at it: what takes one file away takes others as well. */
const SETTLE_MS = 500

interface StayingFoundPorts {
  readonly published: Published
  readonly lock: InstanceLock
  readonly clock: Clock
  readonly log: Log
  /** Another process has become the broker of this user. */
  readonly lost: () => void
  readonly watch?: WatchFiles
}

/**
 * Keeps a running Tokentray where it can be found: a log-out takes the folder of the session away, and
 * programs that clean up take files that nobody has opened for long. Returns what ends it.
 */
export function stayFound(ports: StayingFoundPorts): () => void {
  const { published, lock, clock, log, lost, watch = watchFiles } = ports
  let rest = () => {}
  const look = () => {
    rest()
    let files: readonly string[] = []
    let isInPlace = false
    try {
      const run = published.restore()
      if (!lock.keep(run)) {
        lost()
        return
      }
      isInPlace = run === published.wanted
      files = [endpointFile({ run }), ownerKeyFile({ run }), lock.file]
    } catch (error) {
      log.warn('what leads to the endpoint could not be looked after', { error })
    }
    let cancel = () => {}
    let unwatch: (() => void) | null = null
    const lookIn = (ms: number) => {
      cancel()
      cancel = clock.after(ms, look)
    }
    const stopWatching = () => {
      unwatch?.()
      unwatch = null
    }
    const changed = () => {
      stopWatching()
      lookIn(SETTLE_MS)
    }
    if (files.length > 0) unwatch = watch(files, changed)
    rest = () => {
      cancel()
      stopWatching()
    }
    lookIn(unwatch && isInPlace ? LOOK_ALL_THE_SAME_MS : LOOK_MS)
  }
  // At once as well: the lock says where the files have come to lie.
  look()
  return () => rest()
}
