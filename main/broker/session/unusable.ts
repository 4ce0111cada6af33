import { TokentrayError } from '../../base/errors.ts'
import { hintOf } from './login-reason.ts'

/** What is wrong is the account's, not the request of the tool that wanted a token. */
export function accountUnusable(id: string, cause: TokentrayError): TokentrayError {
  const said = hintOf(cause)
  const remedy = `Fix the setting, or log in again with a different value: tokentray login ${id} --set NAME=VALUE`
  return new TokentrayError('login_required', `${id} cannot be used: ${cause.message}`, {
    account: id,
    hint: said === undefined ? remedy : `${said} ${remedy}`,
    cause,
  })
}
