import { Check, Copy } from 'lucide-react'
import type { AccountView } from '../../preload/contract.ts'
import { rowId, useNavigation } from '../state/navigation.tsx'
import { useSnapshot } from '../state/page.tsx'
import { useAccountDeeds } from './account-deeds.ts'
import { AccountMenu } from './account-menu.tsx'
import { Button, IconButton } from './button.tsx'
import { ProviderTile } from './provider-tile.tsx'
import { StatusLine } from './status-line.tsx'

/** One account of the list: what it is, and the nearest thing to do with it. */
export function AccountRow({ account }: { account: AccountView }) {
  const { id, label, provider, providerTitle, state } = account
  const { leases, copied } = useSnapshot()
  const { go } = useNavigation()
  const deeds = useAccountDeeds(account)
  const isCopied = copied?.account === id
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
          <StatusLine account={account} leases={leases.filter((lease) => lease.account === id)} />
        </div>
      </div>
      {state === 'signed_in' ? (
        <IconButton
          id={`copy-${id}`}
          label={`Copy the token of ${id}`}
          className={isCopied ? 'is-copied' : ''}
          act={() => deeds.copy('token')}
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
}
