import { Plus } from 'lucide-react'
import { useCallback, useRef } from 'react'
import { AccountList, useOrdered } from '../parts/account-list.tsx'
import { AccountSearch } from '../parts/account-search.tsx'
import { Button } from '../parts/button.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Notices } from '../parts/notices.tsx'
import { OrphanTokens } from '../parts/orphan-tokens.tsx'
import { Screen } from '../parts/screen.tsx'
import { ToolHint } from '../parts/tool-hint.tsx'
import { useListKeys } from '../parts/use-list-keys.ts'
import { isWithoutVault } from '../parts/vault-problem.tsx'
import { useNavigation, useRememberedSearch } from '../state/navigation.tsx'
import { useSnapshot } from '../state/page.tsx'
import { matching } from '../text/account-order.ts'
import { Welcome } from './welcome.tsx'

/** So many accounts are seen at a glance; more have a search. */
const FEW = 5

/** The accounts, or the first steps while there are none. */
export function Accounts() {
  const { accounts } = useSnapshot()
  return accounts.length === 0 ? <Welcome /> : <Listed />
}

/** The list of accounts, with a search if it is long. */
function Listed() {
  const { accounts, clients, status, preferences } = useSnapshot()
  const { go } = useNavigation()
  const [typed, setTyped] = useRememberedSearch()
  const input = useRef<HTMLInputElement>(null)
  const clear = useCallback(() => {
    setTyped('')
    input.current?.focus()
  }, [setTyped])
  useListKeys({ input, clear })
  const isLong = accounts.length > FEW
  const search = isLong ? typed : ''
  const found = matching(useOrdered(accounts, preferences.accountOrder), search)
  const canAdd = !isWithoutVault(status)
  return (
    <Screen
      title="Accounts"
      actions={
        canAdd && (
          <Button id="add" act={() => go({ at: 'add' })}>
            <Plus aria-hidden="true" />
            Add account
          </Button>
        )
      }
      search={
        isLong && (
          <AccountSearch input={input} search={search} set={setTyped} count={found.length} />
        )
      }
    >
      <Notices />
      {found.length === 0 ? (
        <EmptyState
          title="No matches"
          action={
            <Button id="clear-search" act={clear}>
              Clear search
            </Button>
          }
        >
          {`No account matches "${search.trim()}".`}
        </EmptyState>
      ) : (
        <AccountList accounts={found} />
      )}
      <OrphanTokens />
      {clients.length === 0 && canAdd && <ToolHint />}
    </Screen>
  )
}
