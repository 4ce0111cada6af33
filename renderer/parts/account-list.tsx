import { useEffect, useRef } from 'react'
import type { AccountOrder, AccountView } from '../../preload/snapshot.ts'
import { useSnapshot } from '../state/page.tsx'
import { inOrder } from '../text/account-order.ts'
import { AccountRow } from './account-row.tsx'
import { lastEnds } from './status-line.tsx'

/** The rows of these accounts, in their order. */
export function AccountList({ accounts }: { accounts: readonly AccountView[] }) {
  const { leases, lingering, copied } = useSnapshot()
  const ends = lastEnds(leases)
  const unrevoked = new Map<string, number>()
  for (const { uid, expired } of lingering) {
    if (!expired) unrevoked.set(uid, (unrevoked.get(uid) ?? 0) + 1)
  }
  return (
    <ul className="list" id="accounts">
      {accounts.map((account) => (
        <AccountRow
          key={account.uid}
          account={account}
          leasesEndAt={ends.get(account.id)}
          unrevoked={unrevoked.get(account.uid) ?? 0}
          isCopied={copied?.account === account.id}
        />
      ))}
    </ul>
  )
}

/**
 * The accounts in the chosen order. What is used while the list is shown keeps its place: a row must not move
 * away under the pointer when its token is copied. It moves once the window was hidden.
 */
export function useOrdered(
  accounts: readonly AccountView[],
  order: AccountOrder,
): readonly AccountView[] {
  const seen = useRef<{ readonly order: AccountOrder; readonly uses: Map<string, number> }>(null)
  if (seen.current?.order !== order) seen.current = { order, uses: new Map() }
  useEffect(() => {
    const forget = () => {
      if (document.hidden) seen.current = null
    }
    document.addEventListener('visibilitychange', forget)
    return () => document.removeEventListener('visibilitychange', forget)
  }, [])
  const { uses } = seen.current
  const settled = accounts.map((account) => {
    const lastUsedAt = uses.get(account.uid) ?? account.lastUsedAt ?? 0
    uses.set(account.uid, lastUsedAt)
    return { account, ...account, lastUsedAt }
  })
  return inOrder(settled, order).map(({ account }) => account)
}
