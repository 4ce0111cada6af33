import { TokentrayError } from '../base/errors.ts'
import type { Driver } from '../providers/provider.ts'
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
export function operationsOf({ driver }: Pick<Account, 'driver'>): Operation[] {
  return names.filter((name) => capable[name](driver))
}

/** The `not_supported` for what the service of the account cannot do. */
export function cannot(
  { id, provider }: Pick<Account, 'id' | 'provider'>,
  operation: Operation,
): TokentrayError {
  return new TokentrayError('not_supported', `${provider.title} ${inability[operation]}.`, {
    account: id,
    hint: `"tokentray accounts show ${id}" says what can be done.`,
  })
}
