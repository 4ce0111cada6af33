import { LogOut, Trash2 } from 'lucide-react'
import type { AccountView } from '../../preload/snapshot.ts'
import { AccountActions } from '../parts/account-actions.tsx'
import { useAccountActions } from '../parts/account-deeds.ts'
import { AccountSettings } from '../parts/account-settings.tsx'
import { Banner } from '../parts/banner.tsx'
import { Button } from '../parts/button.tsx'
import { LeaseRow } from '../parts/lease-row.tsx'
import { Lingering } from '../parts/lingering.tsx'
import { ProviderTile } from '../parts/provider-tile.tsx'
import { Screen } from '../parts/screen.tsx'
import { SessionTokens } from '../parts/session-tokens.tsx'
import { lastEnds, StatusLine } from '../parts/status-line.tsx'
import { copyId, useNavigation } from '../state/navigation.tsx'
import { useSnapshot } from '../state/page.tsx'

/** All of one account: what it is, what is out, what can be done, and how its leases are. */
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
  } = account
  const { loginRequiredReason } = account
  const snapshot = useSnapshot()
  const leases = snapshot.leases.filter((lease) => lease.account === id)
  const sessions = snapshot.sessions.filter((token) => token.account === id)
  const lingering = snapshot.lingering.filter((token) => token.uid === account.uid)
  const deeds = useAccountActions(account)
  const { go } = useNavigation()
  const isIn = state === 'signed_in'
  return (
    <Screen title={id} hasBack>
      <div className="row head">
        <ProviderTile provider={provider} title={providerTitle} />
        <div className="row-text">
          <span className="row-line strong" title={label}>
            {label}
          </span>
          <span className="row-line">{providerTitle}</span>
          <StatusLine account={account} leasesEndAt={lastEnds(leases).get(id)} />
        </div>
      </div>
      {silent && (
        <Banner tone="warning">
          <p>{silent.message}</p>
          <p>{silent.hint} Trying sooner may make it longer.</p>
          {isIn && (
            <div className="buttons">
              <Button id="try-now" act={deeds.tryNow}>
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
          <p>It needs a one-time code: when its session ends, only you can log in again.</p>
        </Banner>
      )}
      {caution && (
        <Banner tone="warning">
          <p>{caution}</p>
        </Banner>
      )}
      {isIn ? (
        <div className="buttons copies">
          <Button id={copyId('token')} look="primary" act={() => deeds.copy('token')}>
            Copy token
          </Button>
          <Button id={copyId('header')} act={() => deeds.copy('header')}>
            As header
          </Button>
          <Button id={copyId('curl')} act={() => deeds.copy('curl')}>
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
            <h2 id="account-leases">Leases</h2>
            <Button id="end-leases" look="quiet" act={deeds.endLeases}>
              End all
            </Button>
          </div>
          <ul className="list">
            {leases.map((lease) => (
              <LeaseRow key={lease.id} lease={lease} showAccount={false} />
            ))}
          </ul>
        </section>
      )}
      <SessionTokens tokens={sessions} showAccount={false} />
      <Lingering tokens={lingering} showAccount={false} />
      <AccountActions account={account} />
      <AccountSettings account={account} />
      <div className="buttons foot">
        {state !== 'signed_out' && (
          <Button id="logout" act={deeds.logOut}>
            <LogOut aria-hidden="true" />
            Log out…
          </Button>
        )}
        <Button id="remove" className="danger-text" act={deeds.remove}>
          <Trash2 aria-hidden="true" />
          Remove…
        </Button>
      </div>
    </Screen>
  )
}
