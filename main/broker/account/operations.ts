import { TokentrayError } from '../../base/errors.ts'
import type { Driver, LeaseKind } from '../../providers/provider.ts'
import { keepsSession } from '../service/keeps-session.ts'
import type { Account } from './accounts.ts'

/** What can be done with the tokens of an account besides handing them out. */
export type Operation = 'list_tokens' | 'revoke_token' | 'revoke_all' | 'rotate' | 'portal'

const capable: Readonly<Record<Operation, (driver: Driver) => boolean>> = {
  list_tokens: ({ listTokens }) => listTokens !== undefined,
  revoke_token: ({ listTokens, revokeById }) => Boolean(listTokens && revokeById),
  revoke_all: ({ revokeAll }) => revokeAll !== undefined,
  rotate: ({ revoke, revokeLease }) => Boolean(revoke ?? revokeLease),
  portal: ({ portalLink }) => portalLink !== undefined,
}

const inability: Readonly<Record<Operation, string>> = {
  list_tokens: 'does not list the tokens of an account',
  revoke_token: 'cannot end a token that is named by its id',
  revoke_all: 'cannot end all tokens of an account at once',
  rotate: 'cannot end a token before its time',
  portal: 'has no page that a link could open',
}

const names: readonly Operation[] = [
  'list_tokens',
  'revoke_token',
  'revoke_all',
  'rotate',
  'portal',
]

/** The operations that this account's service makes possible; what is absent appears nowhere. */
export function operationsOf(account: Account): Operation[] {
  return names.filter(
    (name) => capable[name](account.driver) && !(name === 'rotate' && onlyByPerson(account)),
  )
}

interface Choosing {
  readonly driver: Driver
  readonly record: Pick<Account['record'], 'needsCode'>
}

/** The kinds of lease that a person may choose for this account. */
export function leaseKindsOf({ driver, record }: Choosing): readonly LeaseKind[] {
  const loginsPerLease = driver.mintsFrom === 'credential'
  const kinds = driver.leaseKinds.filter(
    (kind) => kind === 'shared' || !(record.needsCode && loginsPerLease),
  )
  return kinds.length > 0 ? kinds : driver.leaseKinds
}

/** True where a new token takes a person with a one-time code. */
function onlyByPerson({ record, driver }: Account): boolean {
  return record.needsCode && keepsSession(record.leaseKind, driver) && !driver.refresh
}

/** The `not_supported` for what the service of the account cannot do. */
export function cannot(account: Account, operation: Operation): TokentrayError {
  const { id, provider } = account
  if (operation === 'rotate' && onlyByPerson(account)) {
    return new TokentrayError('not_supported', `${id} needs a one-time code for every login.`, {
      account: id,
      hint: `For a new token log in again: tokentray login ${id}`,
    })
  }
  return new TokentrayError(
    'not_supported',
    `For ${id}, ${provider.title} ${inability[operation]}.`,
    {
      account: id,
      hint: `"tokentray accounts show ${id}" says what can be done.`,
    },
  )
}
