import { errorTable, toTokentrayError } from '../../base/errors.ts'
import { duration } from './print.ts'
import type { Screen } from './screen.ts'

/**
 * Writes to standard error what went wrong and what to do, one line each, and returns the exit code of the error
 * table. A cancellation by the user is not reported; one from elsewhere is.
 */
export function report(error: unknown, screen: Screen, now: number): number {
  const { code, message, hint, retryAt } = toTokentrayError(error)
  if (code !== 'cancelled' || message !== errorTable.cancelled.sentence) {
    screen.note(`tokentray: ${message}`)
    const place = code === 'server_error' ? placeOf(error) : ''
    // Rounded up: an earlier attempt is refused again.
    const pause = retryAt === undefined ? '' : duration(Math.max(1000, retryAt - now), Math.ceil)
    const wait = pause && ` Try again in ${pause}.`
    const advice = wait === '' ? hint : withoutWaiting(hint)
    screen.note(`${advice}${wait}${place}`.trimStart())
  }
  return errorTable[code].exit
}

/** The hint without its own advice to try again, because the time to do so is known. */
function withoutWaiting(hint: string): string {
  if (hint === errorTable.rate_limited.hint) return ''
  return hint.replace(/,? (and|then) try again( later)?\.$/, '.')
}

/** Where in this program a foreign error was thrown. Its message is left out, because it could hold anything. */
function placeOf(error: unknown): string {
  const frame = error instanceof Error ? /\n\s+at (.+)/.exec(error.stack ?? '')?.[1] : undefined
  return frame && error instanceof Error && error.name !== 'TokentrayError'
    ? ` It was a ${error.name} at ${frame}.`
    : ''
}
