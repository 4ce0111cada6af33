import type { Host } from '../host.ts'
import type { AutoClear, Copied } from './auto-clear.ts'

interface CopiedTokenPorts {
  readonly host: Pick<Host, 'running'>
  readonly autoClear: Pick<AutoClear, 'current' | 'clear'>
}

/**
 * Clears a copied token once Tokentray is locked or its lease is closed for any reason: it was revoked
 * or replaced, its account was logged out or removed, or Tokentray restarts. To be called after every
 * change of the broker or of the copied text.
 */
export function watchCopied({ host, autoClear }: CopiedTokenPorts): () => void {
  let over: Copied | null = null
  return () => {
    const copied = autoClear.current
    // `AutoClear` itself retries what could not be cleared.
    if (!copied || copied === over) return
    const broker = host.running?.broker
    if (broker && !broker.locked && broker.leases.get(copied.lease)) return
    over = copied
    void autoClear.clear()
  }
}
