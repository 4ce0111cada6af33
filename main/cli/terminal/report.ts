import { errorTable, type TokentrayError, toTokentrayError } from '../../base/errors.ts'
import { duration, printableJson } from './print.ts'
import type { Screen } from './screen.ts'

/**
 * Writes to standard error what went wrong and what to do, one line each, and returns the exit code of the error
 * table. A cancellation by the user is not reported; one from elsewhere is. With `json` it is one JSON object on one
 * line, with the members of the endpoint's errors.
 */
export function report(error: unknown, screen: Screen, now: number, json = false): number {
  const failure = toTokentrayError(error)
  const { code, message, hint, retryAt } = failure
  const isSaid = code !== 'cancelled' || message !== errorTable.cancelled.sentence
  if (isSaid && json) screen.note(printableJson(toAnswer(failure, now), 0))
  else if (isSaid) {
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

function toAnswer({ code, message, hint, field, retryAt }: TokentrayError, now: number): object {
  return {
    ...{ error: code, error_description: message, hint },
    ...(field !== undefined && { field }),
    // Rounded up: an earlier attempt is refused again.
    ...(retryAt !== undefined && { retry_after: Math.max(1, Math.ceil((retryAt - now) / 1000)) }),
  }
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
