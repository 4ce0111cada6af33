import { Plus } from 'lucide-react'
import { AccountRow } from '../parts/account-row.tsx'
import { Button } from '../parts/button.tsx'
import { Notices } from '../parts/notices.tsx'
import { OrphanTokens } from '../parts/orphan-tokens.tsx'
import { Screen } from '../parts/screen.tsx'
import { lastEnds } from '../parts/status-line.tsx'
import { ToolHint } from '../parts/tool-hint.tsx'
import { isWithoutVault } from '../parts/vault-problem.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useSnapshot } from '../state/page.tsx'
import { Welcome } from './welcome.tsx'

/** The list of accounts. */
export function Accounts() {
  const { accounts, leases, clients, status, copied } = useSnapshot()
  const ends = lastEnds(leases)
  const { go } = useNavigation()
  const canAdd = !isWithoutVault(status)
  if (accounts.length === 0) return <Welcome />
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
    >
      <Notices />
      <ul className="list">
        {accounts.map((account) => (
          <AccountRow
            key={account.id}
            account={account}
            leasesEndAt={ends.get(account.id)}
            isCopied={copied?.account === account.id}
          />
        ))}
      </ul>
      <OrphanTokens />
      {clients.length === 0 && canAdd && <ToolHint account={accounts[0]?.id ?? ''} />}
    </Screen>
  )
}
