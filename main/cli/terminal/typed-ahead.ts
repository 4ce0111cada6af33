import { closeSync, constants, openSync, readSync } from 'node:fs'

const PIECE = 1_024

/**
 * Throws away what was typed on the terminal before this program had it, where that can be done; true if
 * there was something. The terminal has shown it, and nobody who typed it had seen a question. It has to be in
 * raw mode, or half a line would stay. Node has no tcflush(3).
 */
export function discardTypedAhead(): boolean {
  if (process.platform === 'win32') return false
  // Opened anew, so that not waiting holds for this reading alone.
  const device = process.platform === 'linux' ? '/dev/stdin' : '/dev/tty'
  let terminal: number | undefined
  let isThere = false
  try {
    terminal = openSync(device, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    const piece = Buffer.alloc(PIECE)
    while (readSync(terminal, piece) > 0) isThere = true
  } catch {
    // EAGAIN: there is no more. What cannot be opened, as another user's after su, keeps what it has.
  } finally {
    if (terminal !== undefined) closeSync(terminal)
  }
  return isThere
}
