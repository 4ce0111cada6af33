import type { Host } from '../host.ts'
import type { AutoClear, Copied } from './auto-clear.ts'

interface CopiedTokenPorts {
  readonly host: Pick<Host, 'running'>
  readonly autoClear: Pick<AutoClear, 'current' | 'clear'>
}

/**
 * Clears what was copied once Tokentray is locked or restarts, or it is no longer valid: the lease of a
 * token was closed for any reason (it was revoked or replaced, or its account was logged out or
 * removed), or a tool has another secret. To be called after every change of the broker or of the
 * copied text.
 */
export function watchCopied({ host, autoClear }: CopiedTokenPorts): () => void {
  let over: Copied | null = null
  return () => {
    const copied = autoClear.current
    // `AutoClear` itself retries what could not be cleared.
    if (!copied || copied === over) return
    const broker = host.running?.broker
    if (broker && !broker.locked && copied.mayStay(broker)) return
    over = copied
    void autoClear.clear()
  }
}
