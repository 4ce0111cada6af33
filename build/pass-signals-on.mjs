/**
 * Whoever asks this process to stop means what it has started. A terminal sends Ctrl-C to both, and twice is
 * as good as once.
 * @param {import('node:child_process').ChildProcess} child
 */
export function passSignalsOn(child) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
}
