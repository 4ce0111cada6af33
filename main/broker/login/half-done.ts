import { TokentrayError, toTokentrayError } from '../../base/errors.ts'

/** Why a log-out could not be finished, and what has been done all the same. */
export function partialLogout(id: string, reason: unknown): TokentrayError {
  const cause = toTokentrayError(reason)
  return new TokentrayError(
    cause.code,
    `${id} was logged out, but cleanup did not finish: ${cause.message}`,
    { account: id, hint: `${cause.hint} Then do it again.`, cause },
  )
}

/** Why some accounts could not be removed; the others are. */
export function notAllRemoved(left: number, total: number, reason: unknown): TokentrayError {
  const cause = toTokentrayError(reason)
  const some = `${left} of ${total} ${total === 1 ? 'account' : 'accounts'}`
  return new TokentrayError(
    cause.code,
    `${some} could not be removed. The first reason: ${cause.message}`,
    { hint: `${cause.hint} Then reset again: it goes on with what is left.`, cause },
  )
}

/** Why some credentials are still in the keychain although no account is left that they are for. */
export function notAllForgotten(left: number, reason: unknown): TokentrayError {
  const cause = toTokentrayError(reason)
  const some = left === 1 ? '1 credential is' : `${left} credentials are`
  return new TokentrayError(
    cause.code,
    `Every account is removed, but ${some} still in the keychain: ${cause.message}`,
    { hint: `${cause.hint} Then reset again.`, cause },
  )
}
