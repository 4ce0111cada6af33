import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

type LookupCallback = (
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
  const pending = new Map<string, LookupCallback[]>()
  const waiting: (() => void)[] = []
  let running = 0

  function start(key: string, hostname: string, options: LookupOptions): void {
    running += 1
    resolve(hostname, options, (...result: Parameters<LookupCallback>) => {
      const callers = pending.get(key) ?? []
      pending.delete(key)
      running -= 1
      waiting.shift()?.()
      for (const callback of callers) callback(...result)
    })
  }

  return (hostname, options, callback) => {
    const key = JSON.stringify([hostname, options.family, options.hints, options.all])
    const callers = pending.get(key)
    if (callers) {
      callers.push(callback)
      return
    }
    pending.set(key, [callback])
    if (running < MOST_AT_ONCE) start(key, hostname, options)
    else waiting.push(() => start(key, hostname, options))
  }
}
