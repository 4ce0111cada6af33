import { TokentrayError, toTokentrayError } from '../../base/errors.ts'

/** A log-out that did not finish. */
export function partialLogout(id: string, reason: unknown): TokentrayError {
  const cause = toTokentrayError(reason)
  return new TokentrayError(
    cause.code,
    `${id} was logged out, but cleanup did not finish: ${cause.message}`,
    { account: id, hint: `${cause.hint} Then log out again.`, cause },
  )
}

/** A reset that could not remove some of the accounts. */
export function notAllRemoved(left: number, total: number, reason: unknown): TokentrayError {
  const cause = toTokentrayError(reason)
  const some = `${left} of ${total} ${total === 1 ? 'account' : 'accounts'}`
  return new TokentrayError(
    cause.code,
    `${some} could not be removed. The first reason: ${cause.message}`,
    { hint: `${cause.hint} Then reset again: it continues with the remaining accounts.`, cause },
  )
}

/** A reset that could not delete some of the credentials. */
export function notAllForgotten(left: number, reason: unknown): TokentrayError {
  const cause = toTokentrayError(reason)
  const some = left === 1 ? '1 credential is' : `${left} credentials are`
  return new TokentrayError(
    cause.code,
    `Every account is removed, but ${some} still in the keychain: ${cause.message}`,
    { hint: `${cause.hint} Then reset again.`, cause },
  )
}
