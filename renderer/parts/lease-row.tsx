import { memo } from 'react'
import type { LeaseView } from '../../preload/snapshot.ts'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge } from '../state/page.tsx'
import { holder, titleOf, tokenOf } from '../text/names.ts'
import { lastsAtService, toRevocationLines } from '../text/revocation.ts'
import { Button } from './button.tsx'
import { Countdown, Ticking } from './countdown.tsx'

const SHARING = { shared: 'shared', dedicated: 'separate' } as const

interface LeaseRowProps {
  readonly lease: LeaseView
  /** What the list is not about: the other of the two, or both. */
  readonly shows: 'holder' | 'account' | 'both'
  /** It is in the clipboard. */
  readonly isCopied?: boolean
}

/** One active token with the button that revokes it. */
export const LeaseRow = memo(function LeaseRow(props: LeaseRowProps) {
  const { lease, shows, isCopied = false } = props
  const { id, client, account, kind, endsAt, tokenEndsAt, reason } = lease
  const title = shows === 'account' ? account : titleOf(holder(client))
  const name = `${title}${isCopied ? ' (copied)' : ''}`
  const bridge = useBridge()
  const { run } = useFeedback()
  const revoke = () =>
    run(
      () => bridge.endLease(id),
      ({ ended }) => toRevocationLines(ended, Date.now()),
    )
  return (
    <li className="row">
      <div className="row-text">
        <span className="row-title" title={name}>
          {name}
        </span>
        {shows === 'both' && (
          <span className="row-line" title={account}>
            {account}
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
      <Button act={revoke} aria-label={`Revoke ${tokenOf(client, account)}`}>
        Revoke
      </Button>
    </li>
  )
})
