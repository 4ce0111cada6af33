import type { AccountView, LeaseView } from '../../preload/snapshot.ts'
import { useSnapshot } from '../state/page.tsx'
import { stateOf } from '../text/accounts.ts'
import { plural } from '../text/times.ts'
import { Countdown } from './countdown.tsx'

interface StatusLineProps {
  readonly account: AccountView
  /** When its last lease expires; undefined without leases. */
  readonly leasesEndAt: number | undefined
}

/** The state of an account, its active tokens with the time left, and its unrevoked tokens. */
export function StatusLine({ account, leasesEndAt }: StatusLineProps) {
  const { uid, state, sessionEndsAt } = account
  const { lingering } = useSnapshot()
  const left = lingering.filter((token) => token.uid === uid && !token.expired).length
  return (
    <span className="status">
      <span className={`state ${state}`}>
        <span className="dot" aria-hidden="true" />
        {stateOf(account)}
      </span>
      {sessionEndsAt !== undefined && (
        <span>
          session <Countdown until={sessionEndsAt} />
        </span>
      )}
      {account.leases > 0 && (
        <span>
          {plural(account.leases, 'active token')}
          {leasesEndAt !== undefined && (
            <>
              , <Countdown until={leasesEndAt} />
            </>
          )}
        </span>
      )}
      {left > 0 && <span>{plural(left, 'token')} not revoked</span>}
    </span>
  )
}

/** When the last lease of each account expires, by account id. */
export function lastEnds(leases: readonly LeaseView[]): ReadonlyMap<string, number> {
  const ends = new Map<string, number>()
  for (const { account, endsAt } of leases) {
    if (endsAt > (ends.get(account) ?? 0)) ends.set(account, endsAt)
  }
  return ends
}
