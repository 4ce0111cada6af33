/** What ends a program that does not listen. Node's own answer to two of them leaves the third one out. */
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

/**
 * Has `restore` called before one of these signals ends the program; gives what takes that back. The program
 * ends by the signal all the same, unless somebody else listens to it.
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
      // Also where a terminal that has hung up cannot be restored any more.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
    }
  }
  for (const signal of SIGNALS) process.on(signal, end)
  return release
}
