import type { Clock } from '../../base/clock.ts'
import { findAnyListener } from '../../base/sockets/socket-table.ts'

/** Why tools that are set up for the kept port do not reach us in this run, for the user. */
export interface PortTrouble {
  /** The kept port, which each start tries first. */
  readonly port: number
  readonly message: string
  readonly hint: string
}

/** Reading the kernel's tables takes milliseconds with thousands of sockets. */
const FRESH_MS = 5_000

/**
 * Describes who has the port that tools are set up for while this run listens on `actual` instead. The
 * text changes when the other program exits. On systems that do not say who listens, it stays as it
 * was at the start.
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
      message: `Port ${port} was not available when Tokentray started, and no program listens there now: tools that are set up for it cannot connect.`,
      hint: `Restart Tokentray to get the port back. ${now}`,
    }
  }
  const whose = canSee && listener !== uid ? 'a program of another user' : 'another program'
  return {
    message: `Port ${port} is taken by ${whose}: tools that are set up for it send their secrets there.`,
    hint: `Stop that program, then restart Tokentray. Tools that were used meanwhile need new secrets: remove each with "tokentray tools remove", then add it again. ${now}`,
  }
}
