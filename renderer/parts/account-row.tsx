import { Check, Copy, Pin } from 'lucide-react'
import { memo } from 'react'
import type { AccountView } from '../../preload/snapshot.ts'
import { rowId, useNavigation } from '../state/navigation.tsx'
import { called, nameOf, unusualState } from '../text/accounts.ts'
import { plural } from '../text/times.ts'
import { AccountMenu } from './account-menu.tsx'
import { Button, IconButton } from './button.tsx'
import { TimeLeft } from './countdown.tsx'
import { ProviderTile } from './provider-tile.tsx'
import { useAccountActions } from './use-account-actions.ts'

interface AccountRowProps {
  readonly account: AccountView
  /** When its last lease expires; undefined without leases. */
  readonly leasesEndAt: number | undefined
  /** How many of its tokens may be valid without a lease. */
  readonly unrevoked: number
  /** Its token is in the clipboard. */
  readonly isCopied: boolean
}

/** One account in the list, with its main action. Redrawn only when it changes. */
export const AccountRow = memo(function AccountRow(props: AccountRowProps) {
  const { account, leasesEndAt, unrevoked, isCopied } = props
  const { id, label, provider, providerTitle, state, color, pinned, displayName } = account
  const { go } = useNavigation()
  const actions = useAccountActions(account)
  const row = rowId(id)
  const name = nameOf(account)
  return (
    <li className="row account">
      {color && <span className={`own-color own-${color}`} title={color} aria-hidden="true" />}
      <ProviderTile provider={provider} title={providerTitle} />
      <div className="row-text">
        <span className="row-head">
          <button
            type="button"
            id={row}
            className="row-title row-open"
            title={name}
            // With its service: two accounts may have the same name.
            aria-label={displayName === undefined ? id : `${providerTitle}: ${displayName}`}
            aria-describedby={`${row}-facts`}
            onClick={() => go({ at: 'account', account: id })}
          >
            {name}
          </button>
          {pinned && <Pin className="pinned" aria-hidden="true" />}
        </span>
        <div id={`${row}-facts`}>
          <span className="row-line" title={`${providerTitle} · ${label}`}>
            {providerTitle} · {label}
          </span>
          <RowState account={account} unrevoked={unrevoked} />
          {pinned && <span className="hidden">, pinned</span>}
          {color && <span className="hidden">, {color}</span>}
          {leasesEndAt !== undefined && (
            <span className="hidden">, {plural(account.leases, 'active token')}</span>
          )}
        </div>
      </div>
      {leasesEndAt !== undefined && <TimeLeft until={leasesEndAt} />}
      {state === 'signed_in' ? (
        <IconButton
          id={`copy-${id}`}
          label={`Copy the token of ${called(account)}`}
          data-main
          className={isCopied ? 'is-copied' : ''}
          act={() => actions.copy('token')}
        >
          {isCopied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
        </IconButton>
      ) : (
        <Button
          id={`login-${id}`}
          aria-label={`Log in to ${called(account)}`}
          data-main
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

/** What is not as usual: nothing is said of an account that is logged in and works. */
function RowState({ account, unrevoked }: Pick<AccountRowProps, 'account' | 'unrevoked'>) {
  const { state, silentHost } = account
  const unusual = unusualState(account)
  if (unusual === null && !silentHost && unrevoked === 0) return null
  return (
    <span className="status">
      {unusual !== null && (
        <span className={`state ${state}`}>
          <span className="dot" aria-hidden="true" />
          {unusual}
        </span>
      )}
      {silentHost && <span className="limited">{silentHost.brief}</span>}
      {unrevoked > 0 && <span>{plural(unrevoked, 'token')} not revoked</span>}
    </span>
  )
}
