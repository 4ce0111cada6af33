import { TokentrayError } from '../../base/errors.ts'
import { parseAccountId } from '../../base/ids.ts'
import type { Account } from '../../broker/account/accounts.ts'
import type { Broker } from '../../broker/broker.ts'
import type { Call } from './route.ts'

/** Where the routes of one account begin. */
export const ACCOUNT_PATH = '/v1/accounts/{provider}/{name}'

/**
 * The account that the path names, if it is the one that the body means; `not_found`, or
 * `invalid_request` for what can be no name.
 */
export function findAccount(
  { accounts }: Broker,
  { params, body }: Call<object | undefined>,
): Account {
  const account = accounts.get(parseAccountId(`${params['provider']}/${params['name']}`))
  const meant = body !== undefined && 'uid' in body ? body.uid : undefined
  return typeof meant === 'string' ? requireMeant(account, meant) : account
}

/** The account, unless another one was meant, which had its name before: `not_found`. */
export function requireMeant(account: Account, meant: string | undefined): Account {
  if (meant === undefined || meant === account.uid) return account
  throw new TokentrayError(
    'not_found',
    `${account.id} is another account by now, so nothing was done.`,
    {
      account: account.id,
      hint: 'See which accounts there are, and start again.',
    },
  )
}
