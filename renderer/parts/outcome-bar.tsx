import { CircleCheck, X } from 'lucide-react'
import { type Outcome, useFeedback } from '../state/feedback.tsx'
import { useNavigation } from '../state/navigation.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { Button, IconButton } from './button.tsx'
import { FailureBox } from './failure-box.tsx'
import { useFocusInSight } from './use-focus-in-sight.ts'

/** The result of the last action, at the bottom of the window; announced to screen readers. */
export function OutcomeBar() {
  const { outcome, clear } = useFeedback()
  const remedy = useRemedy(outcome)
  useFocusInSight(outcome)
  return (
    <div className="outcome">
      <div role="status">{outcome?.kind === 'done' && <Done lines={outcome.lines} />}</div>
      {outcome?.kind === 'failed' && (
        <FailureBox failure={outcome.failure} dismiss={clear}>
          {remedy}
        </FailureBox>
      )}
    </div>
  )
}

function Done({ lines }: { lines: Extract<Outcome, { kind: 'done' }>['lines'] }) {
  const { clear } = useFeedback()
  return (
    <div className="banner done">
      <CircleCheck aria-hidden="true" />
      <div className="banner-text">
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <IconButton label="Dismiss" act={clear}>
        <X aria-hidden="true" />
      </IconButton>
    </div>
  )
}

/** The button for the next step, if the page has one. */
function useRemedy(outcome: Outcome | null) {
  const { go } = useNavigation()
  const { run } = useFeedback()
  const bridge = useBridge()
  const { accounts, status } = useSnapshot()
  if (outcome?.kind !== 'failed') return null
  const { code, account } = outcome.failure
  if (code === 'login_required' && accounts.some(({ id }) => id === account) && account) {
    return (
      <Button look="primary" act={() => go({ at: 'login', account })}>
        Log in
      </Button>
    )
  }
  if (code === 'vault_locked' && status.locked) {
    return (
      <Button look="primary" act={() => run(() => bridge.unlock())}>
        Unlock
      </Button>
    )
  }
  return null
}
