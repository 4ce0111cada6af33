import { RefreshCw } from 'lucide-react'
import { useCallback } from 'react'
import type { ListedTokenView } from '../../preload/contract.ts'
import type { AccountView } from '../../preload/snapshot.ts'
import { Button, IconButton } from '../parts/button.tsx'
import { Ticking } from '../parts/countdown.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { FailureBox } from '../parts/failure-box.tsx'
import { Screen } from '../parts/screen.tsx'
import { useDates } from '../state/dates.ts'
import { useFeedback } from '../state/feedback.tsx'
import { useLoaded } from '../state/loaded.ts'
import { useBridge } from '../state/page.tsx'
import { useQuestion } from '../state/question.tsx'
import { called } from '../text/accounts.ts'
import { plural } from '../text/times.ts'
import { lifeOf, warningOf, whose } from '../text/tokens.ts'

/** All tokens that the service lists for an account, including those of other programs. */
export function Tokens({ account }: { account: AccountView }) {
  const { uid, operations } = account
  const bridge = useBridge()
  const load = useCallback(() => bridge.listTokens(uid), [bridge, uid])
  const { value, failure, isLoading, reload } = useLoaded(load)
  return (
    <Screen
      title={`Tokens of ${called(account)}`}
      hasBack
      actions={
        <IconButton id="reload" label="Reload" act={reload}>
          <RefreshCw aria-hidden="true" />
        </IconButton>
      }
    >
      {failure && (
        <FailureBox failure={failure}>
          <Button act={reload}>Try again</Button>
        </FailureBox>
      )}
      <p className={value === null && isLoading ? 'lead' : 'hidden'} role="status">
        {isLoading ? 'Loading…' : value && plural(value.tokens.length, 'token')}
      </p>
      {value?.tokens.length === 0 && (
        <EmptyState title="No tokens">The service lists no tokens for this account.</EmptyState>
      )}
      <ul className="list">
        {value?.tokens.map((token) => (
          <TokenRow
            key={token.id}
            token={token}
            account={account}
            canRevoke={operations.includes('revoke_token')}
            reload={reload}
          />
        ))}
      </ul>
    </Screen>
  )
}

interface TokenRowProps {
  readonly token: ListedTokenView
  readonly account: AccountView
  readonly canRevoke: boolean
  readonly reload: () => Promise<void>
}

function TokenRow({ token, account, canRevoke, reload }: TokenRowProps) {
  const bridge = useBridge()
  const { run } = useFeedback()
  const { ask } = useQuestion()
  const { id, framework, createdAt } = token
  const warning = warningOf(token, account)
  const revoke = () =>
    ask({
      title: 'Revoke this token?',
      text: [
        `${id}${framework ? `, ${framework}` : ''}`,
        `${lifeOf(token, Date.now())}. ${whose(token)}.`,
      ],
      ...(warning && { warning }),
      action: 'Revoke',
      act: async () => {
        await run(
          () => bridge.revokeToken(account.uid, id),
          ({ revocation }) => [
            revocation === 'revoked' ? `Revoked ${id}.` : `${id} was no longer valid.`,
          ],
        )
        await reload()
      },
    })
  const { fullTime } = useDates()
  return (
    <li className="row">
      <div className="row-text">
        <span className="row-title" title={fullTime(createdAt)}>
          {whose(token)}
        </span>
        <span className="row-more">
          <Ticking
            moments={[token.createdAt, token.expiresAt]}
            read={(now) => lifeOf(token, now)}
          />
        </span>
        <span className="row-line mono" title={id}>
          {framework ? `${framework} · ${id}` : id}
        </span>
      </div>
      {canRevoke && (
        <Button id={`revoke-${id}`} act={revoke} aria-label={`Revoke token ${id}`}>
          Revoke
        </Button>
      )}
    </li>
  )
}
