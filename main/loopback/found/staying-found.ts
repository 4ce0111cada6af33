import type { Clock } from '../../base/clock.ts'
import { type WatchFiles, watchFiles } from '../../base/files/watch-files.ts'
import type { Log } from '../../base/log.ts'
import type { InstanceLock } from '../../base/process/instance-lock.ts'
import type { Published } from './discovery-files.ts'

/** The interval of checks where the system does not notify us, for example of a new folder. */
const LOOK_MS = 10_000
/** The interval with notifications; not every file system reports all changes. */
const LOOK_ALL_THE_SAME_MS = 60_000
/** The delay between a change and the check: what removes one file usually removes others too. */
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
 * Keeps the discovery files of a running Tokentray in place: a logout removes the folder of the session,
 * and cleaners remove files that have not been opened for long. Returns a function that stops it.
 */
export function stayFound(ports: StayingFoundPorts): () => void {
  const { published, lock, clock, log, lost, watch = watchFiles } = ports
  let rest = () => {}
  const look = () => {
    rest()
    let files: readonly string[] = []
    let isInPlace = false
    try {
      const { run, watched } = published.restore()
      if (!lock.keep(run)) {
        lost()
        return
      }
      isInPlace = run === published.wanted
      files = [...watched, lock.file]
    } catch (error) {
      log.warn('the discovery files could not be checked', { error })
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
  // Also immediately: the lock names the folder of the files.
  look()
  return () => rest()
}
