import { type FSWatcher, watch } from 'node:fs'

/**
 * Calls `changed` when one of these files is removed, replaced or written to, until what it returns is
 * called. `null` where the system does not tell, or one of them is not there.
 */
export type WatchFiles = (files: readonly string[], changed: () => void) => (() => void) | null

/** Does not keep the process alive. */
export const watchFiles: WatchFiles = (files, changed) => {
  const watchers: FSWatcher[] = []
  const stop = () => {
    for (const watcher of watchers) watcher.close()
  }
  try {
    for (const file of files) {
      const watcher = watch(file, { persistent: false }, changed)
      watchers.push(watcher)
      watcher.on('error', changed)
    }
    return stop
  } catch {
    stop()
    return null
  }
}
