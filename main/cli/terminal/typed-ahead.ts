import { closeSync, constants, openSync, readSync } from 'node:fs'

const PIECE = 1_024

/**
 * Discards what was typed before this program took over the terminal, if possible; true if there was anything.
 * The terminal has echoed it, and it was typed before any question. The terminal must be in raw mode, or an
 * unfinished line would remain. Node has no tcflush(3).
 */
export function discardTypedAhead(): boolean {
  if (process.platform === 'win32') return false
  // A new descriptor, so that O_NONBLOCK applies to this read alone.
  const device = process.platform === 'linux' ? '/dev/stdin' : '/dev/tty'
  let terminal: number | undefined
  let isThere = false
  try {
    terminal = openSync(device, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    const piece = Buffer.alloc(PIECE)
    while (readSync(terminal, piece) > 0) isThere = true
  } catch {
    // EAGAIN: nothing is left. A terminal that cannot be opened (another user's, after su) is left as it is.
  } finally {
    if (terminal !== undefined) closeSync(terminal)
  }
  return isThere
}
