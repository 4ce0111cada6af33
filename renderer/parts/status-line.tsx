import type { AccountView, LeaseView } from '../../preload/contract.ts'
import { useSnapshot } from '../state/page.tsx'
import { STATES } from '../text/accounts.ts'
import { plural } from '../text/times.ts'
import { Countdown } from './countdown.tsx'

interface StatusLineProps {
  readonly account: AccountView
  readonly leases: readonly LeaseView[]
}

/** The state of an account, what of it is out, how long that lives, and what is not revoked. */
export function StatusLine({ account, leases }: StatusLineProps) {
  const { id, state, sessionEndsAt } = account
  const { lingering } = useSnapshot()
  const left = lingering.filter((token) => token.account === id && !token.isExpired).length
  const last = Math.max(0, ...leases.map(({ endsAt }) => endsAt))
  return (
    <span className="status">
      <span className={`state ${state}`}>
        <span className="dot" aria-hidden="true" />
        {STATES[state]}
      </span>
      {sessionEndsAt !== undefined && (
        <span>
          session <Countdown until={sessionEndsAt} />
        </span>
      )}
      {account.leases > 0 && (
        <span>
          {plural(account.leases, 'lease')}
          {last > 0 && (
            <>
              , <Countdown until={last} />
            </>
          )}
        </span>
      )}
      {left > 0 && <span>{plural(left, 'token')} not revoked</span>}
    </span>
  )
}
