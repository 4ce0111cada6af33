import type { AccountOrder, AccountView } from '../../preload/snapshot.ts'
import { nameOf } from './accounts.ts'
import { compareNames } from './names.ts'
import { matches } from './search.ts'

/** The orders to choose from. */
export const ORDERS: readonly { readonly value: AccountOrder; readonly label: string }[] = [
  { value: 'recent', label: 'Recently used' },
  { value: 'name', label: 'Name' },
  { value: 'service', label: 'Service' },
]

type Ordered = Pick<
  AccountView,
  'id' | 'name' | 'displayName' | 'providerTitle' | 'pinned' | 'lastUsedAt'
>

/** The accounts in this order, pinned ones first; those that were never used come last, by name. */
export function inOrder<Account extends Ordered>(
  accounts: readonly Account[],
  order: AccountOrder,
): readonly Account[] {
  const byName = (one: Account, other: Account) =>
    compareNames(nameOf(one), nameOf(other)) || compareNames(one.id, other.id)
  const compare: Readonly<Record<AccountOrder, (one: Account, other: Account) => number>> = {
    recent: (one, other) => (other.lastUsedAt ?? 0) - (one.lastUsedAt ?? 0),
    name: () => 0,
    service: (one, other) => compareNames(one.providerTitle, other.providerTitle),
  }
  const rank = ({ pinned }: Account) => (pinned ? 0 : 1)
  return [...accounts].sort(
    (one, other) => rank(one) - rank(other) || compare[order](one, other) || byName(one, other),
  )
}

type Searched = Pick<AccountView, 'id' | 'displayName' | 'label' | 'providerTitle'>

/** The accounts whose id, display name, label or service the search finds, as `matches` does. */
export function matching<Account extends Searched>(
  accounts: readonly Account[],
  search: string,
): readonly Account[] {
  return accounts.filter(({ id, displayName = '', label, providerTitle }) =>
    matches(search, id, displayName, label, providerTitle),
  )
}
