import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

type Answer = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void

/** Half of the threads that Node has for this and for files. */
const MOST_AT_ONCE = 2

/**
 * Resolves names of hosts with the system's resolver, each once for all who ask at the same time, and
 * two at a time. A name server that does not answer holds a thread for many seconds, and the ledger
 * needs one as well.
 */
export function createLookup(resolve: typeof systemLookup = systemLookup): LookupFunction {
  const asked = new Map<string, Answer[]>()
  const waiting: (() => void)[] = []
  let underWay = 0

  function start(key: string, hostname: string, options: LookupOptions): void {
    underWay += 1
    resolve(hostname, options, (...answer: Parameters<Answer>) => {
      const askers = asked.get(key) ?? []
      asked.delete(key)
      underWay -= 1
      waiting.shift()?.()
      for (const tell of askers) tell(...answer)
    })
  }

  return (hostname, options, callback) => {
    const key = JSON.stringify([hostname, options.family, options.hints, options.all])
    const askers = asked.get(key)
    if (askers) {
      askers.push(callback)
      return
    }
    asked.set(key, [callback])
    if (underWay < MOST_AT_ONCE) start(key, hostname, options)
    else waiting.push(() => start(key, hostname, options))
  }
}
