import type { AccountView, LeaseView } from '../../preload/contract.ts'
import { STATES } from '../text/accounts.ts'
import { plural } from '../text/times.ts'
import { Countdown } from './countdown.tsx'

interface StatusLineProps {
  readonly account: AccountView
  readonly leases: readonly LeaseView[]
}

/** The state of an account, what of it is out, and how long that lives. */
export function StatusLine({ account, leases }: StatusLineProps) {
  const { state, sessionEndsAt } = account
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
    </span>
  )
}
