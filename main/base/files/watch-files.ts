import { type FSWatcher, watch } from 'node:fs'

/**
 * Calls `changed` when one of these files is removed, replaced or written to, until the function it returns
 * is called. Returns `null` if the system cannot watch files or one of them does not exist.
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
