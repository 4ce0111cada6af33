import { TokentrayError } from '../../base/errors.ts'
import { parseAccountId } from '../../base/ids.ts'
import type { Account } from '../../broker/account/accounts.ts'
import type { Broker } from '../../broker/broker.ts'
import type { Call } from './route.ts'

/** The path of the routes of one account. */
export const ACCOUNT_PATH = '/v1/accounts/{provider}/{name}'

/**
 * The account that the path names, if its uid is the one in the body. Throws `not_found`, or
 * `invalid_request` for an invalid name.
 */
export function findAccount(
  { accounts }: Broker,
  { params, body }: Call<object | undefined>,
): Account {
  const account = accounts.get(parseAccountId(`${params['provider']}/${params['name']}`))
  const meant = body !== undefined && 'uid' in body ? body.uid : undefined
  return typeof meant === 'string' ? requireMeant(account, meant) : account
}

/** Returns the account; throws `not_found` if the uid is of another one, which had its name before. */
export function requireMeant(account: Account, meant: string | undefined): Account {
  if (meant === undefined || meant === account.uid) return account
  throw new TokentrayError(
    'not_found',
    `${account.id} is a different account now, so nothing was done.`,
    {
      account: account.id,
      hint: 'List the accounts and try again.',
    },
  )
}
