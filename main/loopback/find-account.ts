import { parseAccountId } from '../base/ids.ts'
import type { Account } from '../broker/accounts.ts'
import type { Broker } from '../broker/broker.ts'
import type { Call } from './route.ts'

/** Where the routes of one account begin. */
export const ACCOUNT_PATH = '/v1/accounts/{provider}/{name}'

/** The account that the path names; `not_found`, or `invalid_request` for what can be no name. */
export function findAccount({ accounts }: Broker, { params }: Call<unknown>): Account {
  return accounts.get(parseAccountId(`${params['provider']}/${params['name']}`))
}
