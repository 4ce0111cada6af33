import { RefreshCw } from 'lucide-react'
import { useCallback } from 'react'
import type { ListedTokenView } from '../../preload/contract.ts'
import type { AccountView } from '../../preload/snapshot.ts'
import { Button, IconButton } from '../parts/button.tsx'
import { Ticking } from '../parts/countdown.tsx'
import { FailureBox } from '../parts/failure-box.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { Screen } from '../parts/screen.tsx'
import { useAsking } from '../state/asking.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useLoaded } from '../state/loaded.ts'
import { useBridge } from '../state/page.tsx'
import { fullTime, plural } from '../text/times.ts'
import { lifeOf, warningOf, whose } from '../text/tokens.ts'

/** The tokens that a service has for an account, those of other programs included. */
export function Tokens({ account }: { account: AccountView }) {
  const { uid, id, operations } = account
  const bridge = useBridge()
  const load = useCallback(() => bridge.listTokens(uid), [bridge, uid])
  const { value, failure, isLoading, reload } = useLoaded(load)
  return (
    <Screen
      title={`Tokens of ${id}`}
      hasBack
      actions={
        <IconButton id="reload" label="Read the list again" act={reload}>
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
        {isLoading ? 'Asking the service' : value && plural(value.tokens.length, 'token')}
      </p>
      {value?.tokens.length === 0 && (
        <Nothing title="No token">The service lists none for this account.</Nothing>
      )}
      <ul className="list">
        {value?.tokens.map((token) => (
          <TokenRow
            key={token.id}
            token={token}
            account={account}
            canEnd={operations.includes('revoke_token')}
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
  readonly canEnd: boolean
  readonly reload: () => Promise<void>
}

function TokenRow({ token, account, canEnd, reload }: TokenRowProps) {
  const bridge = useBridge()
  const { run } = useFeedback()
  const { ask } = useAsking()
  const { id, framework, createdAt } = token
  const warning = warningOf(token, account)
  const end = () =>
    ask({
      title: 'End this token?',
      text: [
        `${id}${framework ? `, ${framework}` : ''}`,
        `${lifeOf(token, Date.now())}. ${whose(token)}.`,
      ],
      ...(warning && { warning }),
      deed: 'End token',
      act: async () => {
        await run(
          () => bridge.revokeToken(account.uid, id),
          ({ revocation }) => [revocation === 'revoked' ? `Ended: ${id}.` : `Had ended: ${id}.`],
        )
        await reload()
      },
    })
  return (
    <li className="row">
      <div className="row-text">
        <span className="row-title" title={fullTime(createdAt)}>
          {whose(token)}
        </span>
        <span className="row-line">
          <Ticking
            moments={[token.createdAt, token.expiresAt]}
            read={(now) => lifeOf(token, now)}
          />
        </span>
        <span className="row-line mono" title={id}>
          {framework ? `${framework} · ${id}` : id}
        </span>
      </div>
      {canEnd && (
        <Button id={`end-${id}`} act={end} aria-label={`End token ${id}`}>
          End
        </Button>
      )}
    </li>
  )
}
