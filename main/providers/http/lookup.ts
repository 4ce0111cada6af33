import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

type Answer = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void

/** Half of the threads that Node has for lookups and files. */
const MOST_AT_ONCE = 2

/**
 * Resolves host names with the system's resolver, two at a time; concurrent lookups of a name share one
 * call. A name server that does not respond blocks a thread for many seconds, and the ledger needs one too.
 */
export function createLookup(resolve: typeof systemLookup = systemLookup): LookupFunction {
  const asked = new Map<string, Answer[]>()
  const waiting: (() => void)[] = []
  let underWay = 0

  function start(key: string, hostname: string, options: LookupOptions): void {
    underWay += 1
    resolve(hostname, options, (...answer: Parameters<Answer>) => {
      const callers = asked.get(key) ?? []
      asked.delete(key)
      underWay -= 1
      waiting.shift()?.()
      for (const tell of callers) tell(...answer)
    })
  }

  return (hostname, options, callback) => {
    const key = JSON.stringify([hostname, options.family, options.hints, options.all])
    const callers = asked.get(key)
    if (callers) {
      callers.push(callback)
      return
    }
    asked.set(key, [callback])
    if (underWay < MOST_AT_ONCE) start(key, hostname, options)
    else waiting.push(() => start(key, hostname, options))
  }
}
