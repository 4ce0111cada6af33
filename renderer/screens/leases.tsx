import { Button } from '../parts/button.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { LeaseRow } from '../parts/lease-row.tsx'
import { Screen } from '../parts/screen.tsx'
import { SessionTokens } from '../parts/session-tokens.tsx'
import { UnrevokedTokens } from '../parts/unrevoked-tokens.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { useQuestion } from '../state/question.tsx'
import { countActive } from '../text/active.ts'
import { toRevokeAllQuestion } from '../text/questions.ts'
import { toRevocationLines } from '../text/revocation.ts'

/** The active tokens: who holds each one, and until when. */
export function Leases() {
  const { leases, sessions, lingering, status } = useSnapshot()
  const isOut = countActive({ leases, sessions }) > 0
  const revokeAll = useRevokeAll()
  const newest = [...leases].sort((a, b) => b.openedAt - a.openedAt || a.id.localeCompare(b.id))
  return (
    <Screen
      title="Active tokens"
      actions={
        isOut && (
          <Button id="revoke-all" act={revokeAll}>
            Revoke all
          </Button>
        )
      }
    >
      {leases.length + sessions.length + lingering.length === 0 &&
        (status.tokensUnknown ? (
          <EmptyState title="Not known yet">
            Tokentray lists active tokens once it can read the keychain.
          </EmptyState>
        ) : (
          <EmptyState title="No active tokens">
            When a tool gets a token, or you copy one, it appears here.
          </EmptyState>
        ))}
      {leases.length > 0 && (
        <ul className="list">
          {newest.map((lease) => (
            <LeaseRow key={lease.id} lease={lease} showAccount />
          ))}
        </ul>
      )}
      <SessionTokens tokens={sessions} showAccount />
      <UnrevokedTokens tokens={lingering} showAccount />
    </Screen>
  )
}

/** Asks once, then revokes every active token. */
export function useRevokeAll(): () => void {
  const snapshot = useSnapshot()
  const bridge = useBridge()
  const { run } = useFeedback()
  const { ask } = useQuestion()
  return () =>
    ask({
      ...toRevokeAllQuestion(snapshot),
      act: () =>
        run(
          () => bridge.endAll(),
          ({ ended }) => toRevocationLines(ended, Date.now()),
        ),
    })
}
