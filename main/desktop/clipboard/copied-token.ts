import type { Host } from '../host.ts'
import type { AutoClear, Copied } from './auto-clear.ts'

interface CopiedTokenPorts {
  readonly host: Pick<Host, 'running'>
  readonly copying: Pick<AutoClear, 'current' | 'clear'>
}

/**
 * Takes a token out of the clipboard once Tokentray is locked, by whomever, or its lease has ended,
 * whatever for: it was revoked or replaced, its account was logged out or removed, or Tokentray starts
 * anew. To be called after every change, of the broker and of what is copied.
 */
export function watchCopied({ host, copying }: CopiedTokenPorts): () => void {
  let over: Copied | null = null
  return () => {
    const copied = copying.current
    // What could not be cleared is tried again by itself.
    if (!copied || copied === over) return
    const broker = host.running?.broker
    if (broker && !broker.locked && broker.leases.get(copied.lease)) return
    over = copied
    void copying.clear()
  }
}
