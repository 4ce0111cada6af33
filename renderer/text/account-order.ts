import type { AccountOrder, AccountView } from '../../preload/snapshot.ts'
import { nameOf } from './accounts.ts'
import { compareNames } from './names.ts'

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

/**
 * The accounts in which every word of the search occurs somewhere, in their id, display name, label or service:
 * in any order, in capitals or not, with accents or without. All of them if the search has no words.
 */
export function matching<Account extends Searched>(
  accounts: readonly Account[],
  search: string,
): readonly Account[] {
  const words = plain(search)
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return accounts
  return accounts.filter(({ id, displayName = '', label, providerTitle }) => {
    const text = plain([id, displayName, label, providerTitle].join('\n'))
    return words.every((word) => text.includes(word))
  })
}

/** Without accents and capitals; through capitals, so that "ß" and "ss" are the same. */
const plain = (text: string) =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase().toLowerCase()
