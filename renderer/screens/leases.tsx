import { Button } from '../parts/button.tsx'
import { LeaseRow } from '../parts/lease-row.tsx'
import { Lingering } from '../parts/lingering.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { Screen } from '../parts/screen.tsx'
import { SessionTokens } from '../parts/session-tokens.tsx'
import { useAsking } from '../state/asking.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { countActive } from '../text/active.ts'
import { toEndings } from '../text/endings.ts'
import { toEndAllQuestion } from '../text/questions.ts'

/** Who holds which token, and until when. */
export function Leases() {
  const { leases, sessions, lingering, status } = useSnapshot()
  const isOut = countActive({ leases, sessions }) > 0
  const endAll = useEndAll()
  const newest = [...leases].sort((a, b) => b.openedAt - a.openedAt || a.id.localeCompare(b.id))
  return (
    <Screen
      title="Leases"
      actions={
        isOut && (
          <Button id="end-all" act={endAll}>
            End all
          </Button>
        )
      }
    >
      {leases.length + sessions.length + lingering.length === 0 &&
        (status.tokensUnknown ? (
          <Nothing title="Not known yet">
            Which tokens are active is known once the keychain can be read.
          </Nothing>
        ) : (
          <Nothing title="No lease is open">
            When a tool gets a token, or you copy one, it is listed here until it ends.
          </Nothing>
        ))}
      {leases.length > 0 && (
        <ul className="list">
          {newest.map((lease) => (
            <LeaseRow key={lease.id} lease={lease} showAccount />
          ))}
        </ul>
      )}
      <SessionTokens tokens={sessions} showAccount />
      <Lingering tokens={lingering} showAccount />
    </Screen>
  )
}

/** Asks once, then ends every lease. */
export function useEndAll(): () => void {
  const snapshot = useSnapshot()
  const bridge = useBridge()
  const { run } = useFeedback()
  const { ask } = useAsking()
  return () =>
    ask({
      ...toEndAllQuestion(snapshot),
      act: () =>
        run(
          () => bridge.endAll(),
          ({ ended }) => toEndings(ended, Date.now()),
        ),
    })
}
