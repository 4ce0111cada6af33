import { ChevronRight, Plus } from 'lucide-react'
import { memo } from 'react'
import type { ClientView } from '../../preload/snapshot.ts'
import { Button } from '../parts/button.tsx'
import { Ticking } from '../parts/countdown.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Screen } from '../parts/screen.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { isWithoutVault } from '../parts/vault-problem.tsx'
import { toolRowId, useNavigation, useRememberedSearch } from '../state/navigation.tsx'
import { useSnapshot } from '../state/page.tsx'
import { namesOf } from '../text/accounts.ts'
import { compareNames } from '../text/names.ts'
import { MANY, matches } from '../text/search.ts'
import { plural } from '../text/times.ts'
import { accountsOf, lastUse } from '../text/tools.ts'

/** The tools: what each may use, and when it last did. */
export function Tools() {
  const { clients, accounts, leases, status } = useSnapshot()
  const { go } = useNavigation()
  const [search, setSearch] = useRememberedSearch()
  const held = new Map<string, number>()
  for (const { client } of leases) held.set(client, (held.get(client) ?? 0) + 1)
  const byName = [...clients].sort((a, b) => compareNames(a.name, b.name))
  const nameFor = namesOf(accounts)
  const shown = byName.filter(({ name, accounts: of }) =>
    matches(search, name, ...of, ...of.map(nameFor)),
  )
  return (
    <Screen
      title="Tools"
      actions={
        accounts.length > 0 && (
          <Button id="connect-tool" act={() => go({ at: 'add-tool' })}>
            <Plus aria-hidden="true" />
            Connect a tool
          </Button>
        )
      }
      search={
        clients.length > MANY && (
          <SearchField id="search" label="Search tools" value={search} set={setSearch} />
        )
      }
    >
      {clients.length === 0 && (
        <EmptyState
          title="No tools yet"
          action={
            accounts.length === 0 &&
            !isWithoutVault(status) && (
              <Button id="add" act={() => go({ at: 'add' })}>
                Add account
              </Button>
            )
          }
        >
          {accounts.length === 0
            ? 'Add an account first. Then connect scripts and programs, which get tokens for it.'
            : 'Connect scripts and programs: each gets an ID and a secret of its own, and tokens for the accounts you choose.'}
        </EmptyState>
      )}
      <p className="hidden" role="status">
        {search && `${plural(shown.length, 'tool')} found`}
      </p>
      {search && shown.length === 0 && (
        <EmptyState title="No matches">No tool matches "{search}".</EmptyState>
      )}
      {shown.length > 0 && (
        <ul className="list">
          {shown.map((tool) => (
            <ToolRow
              key={tool.id}
              tool={tool}
              may={accountsOf(tool, nameFor)}
              tokens={held.get(tool.name) ?? 0}
            />
          ))}
        </ul>
      )}
    </Screen>
  )
}

interface ToolRowProps {
  readonly tool: ClientView
  /** What its accounts are called. */
  readonly may: string
  /** How many active tokens it has. */
  readonly tokens: number
}

const ToolRow = memo(function ToolRow({ tool, may, tokens }: ToolRowProps) {
  const { id, name, lastUsedAt } = tool
  const { go } = useNavigation()
  return (
    <li className="row whole-row">
      <div className="row-text">
        <button
          id={toolRowId(id)}
          type="button"
          className="row-title row-open"
          title={name}
          onClick={() => go({ at: 'tool', tool: id })}
        >
          {name}
        </button>
        <span className="row-line" title={tool.accounts.join(', ')}>
          {may}
        </span>
        <span className="status">
          <span>
            <Ticking moments={[lastUsedAt]} read={(now) => lastUse(tool, now)} />
          </span>
          {tokens > 0 && <span>{plural(tokens, 'active token')}</span>}
        </span>
      </div>
      <ChevronRight aria-hidden="true" />
    </li>
  )
})
