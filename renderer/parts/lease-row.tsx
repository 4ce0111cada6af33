import { memo } from 'react'
import type { LeaseView } from '../../preload/snapshot.ts'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge } from '../state/page.tsx'
import { holder, titleOf, tokenOf } from '../text/names.ts'
import { lastsAtService } from '../text/revocation.ts'
import { Button } from './button.tsx'
import { Countdown, Ticking } from './countdown.tsx'
import { useOutcome } from './use-outcome.ts'

const SHARING = { shared: 'shared', dedicated: 'separate' } as const

interface LeaseRowProps {
  readonly lease: LeaseView
  /** What the list is not about: the other of the two, or both. */
  readonly shows: 'holder' | 'account' | 'both'
  /** What its account is called; its id unless given. */
  readonly accountName?: string
  /** It is in the clipboard. */
  readonly isCopied?: boolean
}

/** One active token with the button that revokes it. */
export const LeaseRow = memo(function LeaseRow(props: LeaseRowProps) {
  const { lease, shows, accountName = lease.account, isCopied = false } = props
  const { id, client, kind, endsAt, tokenEndsAt, reason } = lease
  const title = shows === 'account' ? accountName : titleOf(holder(client))
  const name = `${title}${isCopied ? ' (copied)' : ''}`
  const bridge = useBridge()
  const outcome = useOutcome()
  const { run } = useFeedback()
  const revoke = () =>
    run(
      () => bridge.endLease(id),
      ({ ended }) => outcome(ended),
    )
  return (
    <li className="row">
      <div className="row-text">
        <span className="row-title" title={name}>
          {name}
        </span>
        {shows === 'both' && (
          <span className="row-line" title={accountName}>
            {accountName}
          </span>
        )}
        <span className="status">
          <Countdown until={endsAt} />
          <span>{SHARING[kind]}</span>
        </span>
        {tokenEndsAt !== undefined && (
          <span className="row-more">
            <Ticking moments={[tokenEndsAt]} read={(now) => lastsAtService(tokenEndsAt, now)} />
          </span>
        )}
        {reason && <span className="quote">{reason}</span>}
      </div>
      <Button act={revoke} aria-label={`Revoke ${tokenOf(client, accountName)}`}>
        Revoke
      </Button>
    </li>
  )
})
