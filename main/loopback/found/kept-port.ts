import type { Clock } from '../../base/clock.ts'
import { findAnyListener } from '../../base/sockets/socket-table.ts'

/** Why tools that are set up for the kept port do not reach us in this run, in words for a person. */
export interface PortTrouble {
  /** The port that is kept, and tried first at each start. */
  readonly port: number
  readonly message: string
  readonly hint: string
}

/** Reading the kernel's tables takes milliseconds where there are thousands of sockets. */
const FRESH_MS = 5_000

/**
 * Says who has the port that tools are set up for while this run listens on `actual` instead: what
 * they are told changes when the other program ends. On systems that do not say who listens it stays
 * what it was at the start.
 */
export function watchPort(
  {
    port,
    actual,
    clock,
  }: { readonly port: number; readonly actual: number; readonly clock: Clock },
  find: (port: number) => number | null = findAnyListener,
): () => PortTrouble {
  let known: { readonly at: number; readonly trouble: PortTrouble } | null = null
  return () => {
    const at = clock.monotonic()
    if (known && at - known.at < FRESH_MS) return known.trouble
    const trouble = { port, ...wordsFor(port, actual, find) }
    known = { at, trouble }
    return trouble
  }
}

function wordsFor(
  port: number,
  actual: number,
  find: (port: number) => number | null,
): Pick<PortTrouble, 'message' | 'hint'> {
  const uid = process.getuid?.()
  const canSee = process.platform === 'linux' && uid !== undefined
  const listener = canSee ? find(port) : null
  const now = `Tokentray listens on port ${actual} until it is restarted.`
  if (canSee && listener === null) {
    return {
      message: `Port ${port} could not be had when Tokentray started, and nobody listens there now: tools that are set up for it reach nothing.`,
      hint: `Restart Tokentray to get the port back. ${now}`,
    }
  }
  const whose = canSee && listener !== uid ? 'a program of another user' : 'another program'
  return {
    message: `Port ${port} is taken by ${whose}: tools that are set up for it send their secrets there.`,
    hint: `Stop that program, then restart Tokentray. Tools that were used meanwhile need new secrets: remove each with "tokentray tools remove", then add it again. ${now}`,
  }
}
