import { Check, Copy } from 'lucide-react'
import { memo } from 'react'
import type { AccountView } from '../../preload/snapshot.ts'
import { rowId, useNavigation } from '../state/navigation.tsx'
import { AccountMenu } from './account-menu.tsx'
import { Button, IconButton } from './button.tsx'
import { ProviderTile } from './provider-tile.tsx'
import { StatusLine } from './status-line.tsx'
import { useAccountActions } from './use-account-actions.ts'

interface AccountRowProps {
  readonly account: AccountView
  /** When its last lease expires; undefined without leases. */
  readonly leasesEndAt: number | undefined
  /** Its token is in the clipboard. */
  readonly isCopied: boolean
}

/** One account in the list, with its main action. Redrawn only when it changes. */
export const AccountRow = memo(function AccountRow(props: AccountRowProps) {
  const { account, leasesEndAt, isCopied } = props
  const { id, label, provider, providerTitle, state } = account
  const { go } = useNavigation()
  const actions = useAccountActions(account)
  const row = rowId(id)
  return (
    <li className="row account">
      <ProviderTile provider={provider} title={providerTitle} />
      <div className="row-text">
        <button
          type="button"
          id={row}
          className="row-title row-open"
          title={id}
          aria-describedby={`${row}-facts`}
          onClick={() => go({ at: 'account', account: id })}
        >
          {id}
        </button>
        <div id={`${row}-facts`}>
          <span className="row-line" title={label}>
            {label}
          </span>
          <StatusLine account={account} leasesEndAt={leasesEndAt} />
        </div>
      </div>
      {state === 'signed_in' ? (
        <IconButton
          id={`copy-${id}`}
          label={`Copy the token of ${id}`}
          className={isCopied ? 'is-copied' : ''}
          act={() => actions.copy('token')}
        >
          {isCopied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
        </IconButton>
      ) : (
        <Button
          id={`login-${id}`}
          aria-label={`Log in to ${id}`}
          look={state === 'login_required' ? 'primary' : 'plain'}
          act={() => go({ at: 'login', account: id })}
        >
          Log in
        </Button>
      )}
      <AccountMenu account={account} />
    </li>
  )
})
