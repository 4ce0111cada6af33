import { ListFilter } from 'lucide-react'
import { useState } from 'react'
import { type ActivityKind, activityKinds } from '../../main/base/activity-kinds.ts'
import type { ActivityFilter } from '../../preload/contract.ts'
import { useSnapshot } from '../state/page.tsx'
import { PERIODS, type Period, sinceOf } from '../text/periods.ts'
import { IconButton } from './button.tsx'
import { Choice } from './choice.tsx'
import { SearchField } from './search-field.tsx'

/** What is typed and chosen; empty texts select everything. */
interface Chosen {
  readonly search: string
  readonly account: string
  readonly tool: string
  readonly kind: ActivityKind | ''
  readonly period: Period | ''
  /** The start of the period, fixed when it was chosen; epoch milliseconds. */
  readonly since: number
}

export const NO_FILTER: Chosen = {
  ...{ search: '', account: '', tool: '', kind: '', period: '', since: 0 },
}

/** The filter as main takes it: only what narrows it. */
export function toFilter(chosen: Chosen): ActivityFilter {
  const { search, account, tool, kind, period, since } = chosen
  return {
    ...(search && { search }),
    ...(account && { account }),
    ...(tool && { tool }),
    ...(kind && { kind }),
    ...(period && { since }),
  }
}

const KINDS = {
  tokens: 'Tokens',
  logins: 'Logins',
  changes: 'Changes',
  refusals: 'Refusals',
} as const satisfies Record<ActivityKind, string>

const ANY = { value: '', label: 'All' }
const YOU = { value: 'you', label: 'You' }

const toChoice = (name: string) => ({ value: name, label: name })

/** With the chosen one, also after it was removed: it still selects lines. */
function withChosen(names: readonly string[], chosen: string): readonly string[] {
  const isMissing = chosen !== '' && chosen !== YOU.value && !names.includes(chosen)
  return isMissing ? [...names, chosen] : names
}

interface ActivityFiltersProps {
  readonly chosen: Chosen
  readonly choose: (chosen: Chosen) => void
}

/** The search over the activity, and the filters that a button shows. */
export function ActivityFilters({ chosen, choose }: ActivityFiltersProps) {
  const [isOpen, setOpen] = useState(false)
  const { search, ...others } = toFilter(chosen)
  const count = Object.keys(others).length
  return (
    <>
      <SearchField
        id="search"
        label="Search activity"
        value={chosen.search}
        set={(typed) => choose({ ...chosen, search: typed })}
      >
        <IconButton
          id="filters"
          label={count === 0 ? 'Filters' : `Filters, ${count} set`}
          className={count === 0 ? '' : 'is-set'}
          aria-expanded={isOpen}
          act={() => setOpen(!isOpen)}
        >
          <ListFilter aria-hidden="true" />
        </IconButton>
      </SearchField>
      {isOpen && <Filters chosen={chosen} choose={choose} />}
    </>
  )
}

function Filters({ chosen, choose }: ActivityFiltersProps) {
  const { accounts, clients } = useSnapshot()
  return (
    <fieldset className="filters" aria-label="Filters">
      <Choice
        label="Account"
        value={chosen.account}
        choices={[
          ANY,
          ...withChosen(
            accounts.map(({ id }) => id),
            chosen.account,
          ).map(toChoice),
        ]}
        choose={(account) => choose({ ...chosen, account })}
      />
      <Choice
        label="Tool"
        value={chosen.tool}
        choices={[
          ...[ANY, YOU],
          ...withChosen(
            clients.map(({ name }) => name),
            chosen.tool,
          ).map(toChoice),
        ]}
        choose={(tool) => choose({ ...chosen, tool })}
      />
      <Choice
        label="Kind"
        value={chosen.kind}
        choices={[ANY, ...activityKinds.map((kind) => ({ value: kind, label: KINDS[kind] }))]}
        choose={(kind) => choose({ ...chosen, kind: kind as ActivityKind | '' })}
      />
      <Choice
        label="Time"
        value={chosen.period}
        choices={[{ value: '', label: 'Any time' }, ...PERIODS]}
        choose={(value) => {
          const period = value as Period | ''
          choose({ ...chosen, period, since: period ? sinceOf(period, Date.now()) : 0 })
        }}
      />
    </fieldset>
  )
}
