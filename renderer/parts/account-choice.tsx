import { useId, useState } from 'react'
import type { AccountView } from '../../preload/snapshot.ts'
import { useSnapshot } from '../state/page.tsx'
import { called } from '../text/accounts.ts'
import { MANY, matches } from '../text/search.ts'
import { useOrdered } from './account-list.tsx'
import { SearchField } from './search-field.tsx'

interface AccountChoiceProps {
  readonly accounts: readonly AccountView[]
  /** The uids of the chosen ones. */
  readonly chosen: ReadonlySet<string>
  readonly choose: (chosen: ReadonlySet<string>) => void
  readonly error?: string | undefined
}

/** Boxes for the accounts that a tool may use, in the order of the list of accounts, with a search if there are many. */
export function AccountChoice({ accounts, chosen, choose, error }: AccountChoiceProps) {
  const id = useId()
  const [search, setSearch] = useState('')
  const { preferences } = useSnapshot()
  const ordered = useOrdered(accounts, preferences.accountOrder)
  const shown = ordered.filter((each) => matches(search, each.id, called(each), each.label))
  const toggle = (uid: string, on: boolean) => {
    const others = [...chosen].filter((each) => each !== uid)
    choose(new Set(on ? [...others, uid] : others))
  }
  return (
    <fieldset
      className={error === undefined ? 'boxes' : 'boxes wrong'}
      aria-describedby={error === undefined ? undefined : `${id}-error`}
    >
      <legend>Accounts it may use</legend>
      {error !== undefined && (
        <p className="error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {accounts.length > MANY && (
        <SearchField id={`${id}-search`} label="Search accounts" value={search} set={setSearch} />
      )}
      {shown.length === 0 && <p className="help">No account matches "{search}".</p>}
      {shown.map(({ uid, label, ...account }) => (
        <label key={uid} className="box">
          <input
            type="checkbox"
            checked={chosen.has(uid)}
            onChange={(event) => toggle(uid, event.target.checked)}
          />
          <span className="row-text">
            <span className="row-line strong" title={account.id}>
              {called(account)}
            </span>
            <span className="row-line" title={label}>
              {label}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
