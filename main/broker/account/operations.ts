import { TokentrayError } from '../../base/errors.ts'
import { type Operation, operationNames, operationRows } from '../../base/operations.ts'
import type { Driver, LeaseKind } from '../../providers/provider.ts'
import { keepsSession } from '../service/keeps-session.ts'
import type { Account } from './accounts.ts'

/** The operations that this account's service makes possible; what is absent appears nowhere. */
export function operationsOf(account: Account): Operation[] {
  return operationNames.filter(
    (name) =>
      operationRows[name].capable(account.driver) &&
      !(name === 'rotate' && needsUserToLogIn(account)),
  )
}

interface Choosing {
  readonly driver: Driver
  readonly record: Pick<Account['record'], 'needsCode'>
}

/** The kinds of lease that the user may choose for this account. */
export function leaseKindsOf({ driver, record }: Choosing): readonly LeaseKind[] {
  const loginsPerLease = driver.mintsFrom === 'credential'
  const kinds = driver.leaseKinds.filter(
    (kind) => kind === 'shared' || !(record.needsCode && loginsPerLease),
  )
  return kinds.length > 0 ? kinds : driver.leaseKinds
}

/** True if every new session token needs a one-time code from the user. */
function needsUserToLogIn({ record, driver }: Account): boolean {
  const renews = driver.refresh !== undefined || driver.renew !== undefined
  return record.needsCode && keepsSession(record.leaseKind, driver) && !renews
}

/** The `not_supported` error for an operation that the account's service does not offer. */
export function notSupported(account: Account, operation: Operation): TokentrayError {
  const { id, provider } = account
  if (operation === 'rotate' && needsUserToLogIn(account)) {
    return new TokentrayError('not_supported', `${id} needs a one-time code for every login.`, {
      account: id,
      hint: `For a new token log in again: tokentray login ${id}`,
    })
  }
  return new TokentrayError(
    'not_supported',
    `For ${id}, ${provider.title} ${operationRows[operation].inability}.`,
    {
      account: id,
      hint: `"tokentray accounts show ${id}" says what can be done.`,
    },
  )
}
