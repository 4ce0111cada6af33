import { LogOut, Trash2 } from 'lucide-react'
import type { AccountView } from '../../preload/snapshot.ts'
import { AccountActions } from '../parts/account-actions.tsx'
import { AccountSettings } from '../parts/account-settings.tsx'
import { Banner } from '../parts/banner.tsx'
import { Button } from '../parts/button.tsx'
import { LeaseRow } from '../parts/lease-row.tsx'
import { ProviderTile } from '../parts/provider-tile.tsx'
import { Screen } from '../parts/screen.tsx'
import { SessionTokens } from '../parts/session-tokens.tsx'
import { lastEnds, StatusLine } from '../parts/status-line.tsx'
import { UnrevokedTokens } from '../parts/unrevoked-tokens.tsx'
import { useAccountActions } from '../parts/use-account-actions.ts'
import { copyId, useNavigation } from '../state/navigation.tsx'
import { useSnapshot } from '../state/page.tsx'

/** One account: state, active tokens, actions and settings. */
export function Account({ account }: { account: AccountView }) {
  const {
    id,
    label,
    provider,
    providerTitle,
    state,
    caution,
    needsCode,
    silentHost: silent,
    displayName,
    color,
  } = account
  const { loginRequiredReason } = account
  const snapshot = useSnapshot()
  const leases = snapshot.leases.filter((lease) => lease.account === id)
  const sessions = snapshot.sessions.filter((token) => token.account === id)
  const lingering = snapshot.lingering.filter((token) => token.uid === account.uid)
  const actions = useAccountActions(account)
  const { go } = useNavigation()
  const isIn = state === 'signed_in'
  return (
    <Screen title={displayName ?? id} hasBack>
      <div className="row head">
        {color && <span className={`own-color own-${color}`} title={color} aria-hidden="true" />}
        <ProviderTile provider={provider} title={providerTitle} />
        <div className="row-text">
          <span className="row-line strong" title={label}>
            {label}
          </span>
          <span className="row-line" title={id}>
            {displayName === undefined ? providerTitle : `${providerTitle} · ${id}`}
          </span>
          <StatusLine account={account} leasesEndAt={lastEnds(leases).get(id)} />
        </div>
      </div>
      {silent && (
        <Banner tone="warning">
          <p>{silent.message}</p>
          <p>{silent.hint} Trying sooner may make the wait longer.</p>
          {isIn && (
            <div className="buttons">
              <Button id="try-now" act={actions.tryNow}>
                Try once now
              </Button>
            </div>
          )}
        </Banner>
      )}
      {state === 'login_required' && (
        <Banner tone="warning">
          <p>
            {loginRequiredReason?.description ?? 'The saved password no longer works.'}{' '}
            {loginRequiredReason?.hint} Log in again.
          </p>
        </Banner>
      )}
      {isIn && needsCode && (
        <Banner>
          <p>This account needs a one-time code: when its session ends, you must log in again.</p>
        </Banner>
      )}
      {caution && (
        <Banner tone="warning">
          <p>{caution}</p>
        </Banner>
      )}
      {isIn ? (
        <div className="buttons copies">
          <Button id={copyId('token')} look="primary" act={() => actions.copy('token')}>
            Copy token
          </Button>
          <Button id={copyId('header')} act={() => actions.copy('header')}>
            As header
          </Button>
          <Button id={copyId('curl')} act={() => actions.copy('curl')}>
            As curl
          </Button>
        </div>
      ) : (
        <div className="buttons copies">
          <Button id="login" look="primary" act={() => go({ at: 'login', account: id })}>
            Log in
          </Button>
        </div>
      )}
      {leases.length > 0 && (
        <section aria-labelledby="account-leases">
          <div className="section-head">
            <h2 id="account-leases">Active tokens</h2>
            <Button id="revoke-active" look="quiet" act={actions.revokeActive}>
              Revoke all
            </Button>
          </div>
          <ul className="list">
            {leases.map((lease) => (
              <LeaseRow
                key={lease.id}
                lease={lease}
                shows="holder"
                isCopied={snapshot.copied?.lease === lease.id}
              />
            ))}
          </ul>
        </section>
      )}
      <SessionTokens tokens={sessions} showAccount={false} />
      <UnrevokedTokens tokens={lingering} showAccount={false} />
      <AccountActions account={account} />
      <AccountSettings account={account} />
      <div className="buttons foot">
        {state !== 'signed_out' && (
          <Button id="logout" act={actions.logOut}>
            <LogOut aria-hidden="true" />
            Log out…
          </Button>
        )}
        <Button id="remove" className="danger-text" act={actions.remove}>
          <Trash2 aria-hidden="true" />
          Remove…
        </Button>
      </div>
    </Screen>
  )
}
