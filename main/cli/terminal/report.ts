import { errorTable, toTokentrayError } from '../../base/errors.ts'
import { duration } from './print.ts'
import type { Screen } from './screen.ts'

/**
 * Says on standard error what went wrong and what to do, a line each, and gives the exit code of the
 * error table. A cancellation is no failure, and nothing is said of it unless somebody else did it.
 */
export function report(error: unknown, screen: Screen, now: number): number {
  const { code, message, hint, retryAt } = toTokentrayError(error)
  if (code !== 'cancelled' || message !== errorTable.cancelled.sentence) {
    screen.note(`tokentray: ${message}`)
    const place = code === 'server_error' ? placeOf(error) : ''
    // Rounded up: a try before that is refused again.
    const pause = retryAt === undefined ? '' : duration(Math.max(1000, retryAt - now), Math.ceil)
    const wait = pause && ` Try again in ${pause}.`
    const advice = wait === '' ? hint : withoutWaiting(hint)
    screen.note(`${advice}${wait}${place}`.trimStart())
  }
  return errorTable[code].exit
}

/** The hint without its own word on trying again, which is less than the time that is known. */
function withoutWaiting(hint: string): string {
  if (hint === errorTable.rate_limited.hint) return ''
  return hint.replace(/,? and try again( later)?\.$/, '.')
}

/** Where in this program a foreign error came from; its message could hold anything, so it stays. */
function placeOf(error: unknown): string {
  const frame = error instanceof Error ? /\n\s+at (.+)/.exec(error.stack ?? '')?.[1] : undefined
  return frame && error instanceof Error && error.name !== 'TokentrayError'
    ? ` It was a ${error.name} at ${frame}.`
    : ''
}
