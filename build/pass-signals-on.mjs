/**
 * Forwards signals that ask this process to stop to the program that it started. A terminal sends Ctrl-C to
 * both; receiving it twice does no harm.
 * @param {import('node:child_process').ChildProcess} child
 */
export function passSignalsOn(child) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
}
