import type { RefObject } from 'react'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { ORDERS } from '../text/account-order.ts'
import { plural } from '../text/times.ts'
import { SearchField } from './search-field.tsx'

interface AccountSearchProps {
  readonly input: RefObject<HTMLInputElement | null>
  readonly search: string
  readonly set: (search: string) => void
  /** How many accounts it finds. */
  readonly count: number
}

/** The search above a long list of accounts, and what the list is sorted by. */
export function AccountSearch({ input, search, set, count }: AccountSearchProps) {
  const { preferences } = useSnapshot()
  const bridge = useBridge()
  const { run } = useFeedback()
  const sortBy = (chosen: string) => {
    const order = ORDERS.find(({ value }) => value === chosen)
    if (order) void run(() => bridge.setPreferences({ accountOrder: order.value }))
  }
  return (
    <>
      <SearchField
        id="find-account"
        label="Search accounts"
        value={search}
        set={set}
        input={input}
        describedBy="find-help"
      >
        <select
          id="account-order"
          aria-label="Sort by"
          value={preferences.accountOrder}
          onChange={(event) => sortBy(event.target.value)}
        >
          {ORDERS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </SearchField>
      <p className="help under-search" id="find-help">
        <span className="nowrap">↑ ↓ to choose,</span>{' '}
        <span className="nowrap">Enter to copy,</span> <span className="nowrap">→ for details</span>
      </p>
      <p className="hidden" role="status">
        {search.trim() !== '' && `${plural(count, 'account')} found`}
      </p>
    </>
  )
}
