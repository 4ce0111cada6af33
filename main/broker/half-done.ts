import { TokentrayError, toTokentrayError } from '../base/errors.ts'

/** Why a log-out could not be finished, and what has been done all the same. */
export function halfDone(id: string, reason: unknown): TokentrayError {
  const cause = toTokentrayError(reason)
  return new TokentrayError(
    cause.code,
    `${id} is logged out and its leases have ended, but something is left to do: ${cause.message}`,
    { account: id, hint: `${cause.hint} Then do it again.`, cause },
  )
}
