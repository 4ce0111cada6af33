/** Signals that end the program. Node restores the terminal for SIGINT and SIGTERM only. */
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

/**
 * Calls `restore` before one of these signals ends the program; returns a function that undoes that. The signal
 * still ends the program, unless it has another listener.
 */
export function beforeEnding(restore: () => void): () => void {
  const release = () => {
    for (const signal of SIGNALS) process.off(signal, end)
  }
  const end = (signal: NodeJS.Signals) => {
    release()
    try {
      restore()
    } finally {
      // Even if the terminal has hung up and cannot be restored.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
    }
  }
  for (const signal of SIGNALS) process.on(signal, end)
  return release
}
