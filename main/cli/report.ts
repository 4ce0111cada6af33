import { errorTable, toTokentrayError } from '../base/errors.ts'
import { duration } from './print.ts'
import type { Screen } from './screen.ts'

/**
 * Says on standard error what went wrong and what to do, a line each, and gives the exit code of the
 * error table. A cancellation is no failure, and nothing is said of it.
 */
export function report(error: unknown, screen: Screen, now: number): number {
  const { code, message, hint, retryAt } = toTokentrayError(error)
  if (code !== 'cancelled') {
    screen.note(`tokentray: ${message}`)
    const place = code === 'server_error' ? placeOf(error) : ''
    const wait =
      retryAt === undefined ? '' : ` Try again in ${duration(Math.max(1000, retryAt - now))}.`
    screen.note(`${hint}${wait}${place}`)
  }
  return errorTable[code].exit
}

/** Where in this program a foreign error came from; its message could hold anything, so it stays. */
function placeOf(error: unknown): string {
  const frame = error instanceof Error ? /\n\s+at (.+)/.exec(error.stack ?? '')?.[1] : undefined
  return frame && error instanceof Error && error.name !== 'TokentrayError'
    ? ` It was a ${error.name} at ${frame}.`
    : ''
}
