import { memo } from 'react'
import type { LeaseView } from '../../preload/snapshot.ts'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge } from '../state/page.tsx'
import { toEndings } from '../text/endings.ts'
import { holder } from '../text/names.ts'
import { when } from '../text/times.ts'
import { Button } from './button.tsx'
import { Countdown, Ticking } from './countdown.tsx'

interface LeaseRowProps {
  readonly lease: LeaseView
  readonly showAccount: boolean
}

/** One lease with the button that ends it; without its account where that is known. */
export const LeaseRow = memo(function LeaseRow(props: LeaseRowProps) {
  const { lease, showAccount } = props
  const { id, client, account, kind, endsAt, tokenEndsAt, reason } = lease
  const name = holder(client)
  const whose = name === 'you' ? 'your lease' : `the lease of ${name}`
  const bridge = useBridge()
  const { run } = useFeedback()
  const end = () =>
    run(
      () => bridge.endLease(id),
      ({ ended }) => toEndings(ended, Date.now()),
    )
  return (
    <li className="row">
      <div className="row-text">
        <span className="row-title" title={name}>
          {name}
        </span>
        {showAccount && (
          <span className="row-line" title={account}>
            {account}
          </span>
        )}
        <span className="status">
          <Countdown until={endsAt} />
          <span>{kind}</span>
        </span>
        {tokenEndsAt !== undefined && (
          <span className="row-more">
            <Ticking
              moments={[tokenEndsAt]}
              read={(now) => `Nothing revokes its token: valid, expires ${when(tokenEndsAt, now)}`}
            />
          </span>
        )}
        {reason && <span className="quote">{reason}</span>}
      </div>
      <Button act={end} aria-label={`End ${whose} on ${account}`}>
        End
      </Button>
    </li>
  )
})
