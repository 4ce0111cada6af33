import { AppWindow, CircleX, LoaderCircle, Lock } from 'lucide-react'
import type { Failure } from '../../preload/failure.ts'
import type { OtherBroker } from '../../preload/snapshot.ts'
import { Button } from '../parts/button.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { countActive, describeActive } from '../text/active.ts'
import { useRevokeAll } from './leases.tsx'
import { StateScreen } from './state-screen.tsx'

/** Shown until the keychain was tried. */
export function Starting() {
  return (
    <StateScreen icon={LoaderCircle} title="Starting" isTurning>
      <p role="status">Waiting for the system keychain. It may ask for its password.</p>
    </StateScreen>
  )
}

/** Shown while active tokens are revoked on quit. */
export function Stopping() {
  return (
    <StateScreen icon={LoaderCircle} title="Quitting" isTurning>
      <p role="status">Revoking active tokens. This takes a few seconds.</p>
    </StateScreen>
  )
}

/** Shown while another broker of this user runs. */
export function Blocked({ other }: { other: OtherBroker | undefined }) {
  const bridge = useBridge()
  const { run } = useFeedback()
  const process = other?.pid ? `process ${other.pid}` : ''
  const isAgent = other?.kind === 'agent'
  return (
    <StateScreen icon={AppWindow} title="Another Tokentray is running">
      <p>
        {isAgent
          ? `The agent (${['"tokentray serve"', process].filter(Boolean).join(', ')}) is using your accounts. Only one program can use them at a time.`
          : `Another program${process && ` (${process})`} is using your accounts. Quit it, and Tokentray continues here.`}
      </p>
      {isAgent && <p className="help">Stopping the agent revokes its active tokens.</p>}
      <div className="buttons column">
        {isAgent && (
          <Button data-first look="primary" act={() => run(() => bridge.stopOtherBroker())}>
            Stop the agent and continue here
          </Button>
        )}
        <Button act={() => run(() => bridge.quit())}>Quit</Button>
      </div>
    </StateScreen>
  )
}

/** Shown while locked: no token is handed out until the user unlocks. */
export function Locked() {
  const bridge = useBridge()
  const snapshot = useSnapshot()
  const { run } = useFeedback()
  const revokeAll = useRevokeAll()
  return (
    <StateScreen icon={Lock} title="Locked">
      <p>Tools get no tokens, and you cannot copy any, until you unlock.</p>
      <p className="help">{describeActive(snapshot)}.</p>
      <div className="buttons column">
        <Button data-first look="primary" act={() => run(() => bridge.unlock())}>
          Unlock
        </Button>
        {countActive(snapshot) > 0 && (
          <Button id="revoke-all" act={revokeAll}>
            Revoke all…
          </Button>
        )}
      </div>
    </StateScreen>
  )
}

/** Shown when the page has failed or the main process did not answer. */
export function Unreachable({ failure, retry }: { failure: Failure; retry: () => unknown }) {
  return (
    <div className="state-screen">
      <CircleX aria-hidden="true" />
      <h1>{failure.message}</h1>
      <p>{failure.hint}</p>
      <div className="buttons column">
        <Button look="primary" act={retry}>
          Try again
        </Button>
      </div>
    </div>
  )
}
