import { TokentrayError } from '../base/errors.ts'

/** What is wrong is the account's, not the request of the tool that wanted a token. */
export function unusable(id: string, cause: TokentrayError): TokentrayError {
  return new TokentrayError('login_required', `${id} cannot be used: ${cause.message}`, {
    account: id,
    hint: `Mend it, or log in again with another value: tokentray login ${id} --set NAME=VALUE`,
    cause,
  })
}
