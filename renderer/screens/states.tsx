import { AppWindow, CircleX, LoaderCircle, Lock } from 'lucide-react'
import type { Failure } from '../../preload/failure.ts'
import type { OtherBroker } from '../../preload/snapshot.ts'
import { Button } from '../parts/button.tsx'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { countActive, describeActive } from '../text/active.ts'
import { useEndAll } from './leases.tsx'
import { Whole } from './whole.tsx'

/** Until the keychain was tried. */
export function Starting() {
  return (
    <Whole icon={LoaderCircle} title="Starting" isTurning>
      <p role="status">Waiting for the keychain of the system. It may ask for its password.</p>
    </Whole>
  )
}

/** While the leases that are open are ended. */
export function Stopping() {
  return (
    <Whole icon={LoaderCircle} title="Quitting" isTurning>
      <p role="status">Ending the tokens that can be ended. This takes a few seconds at most.</p>
    </Whole>
  )
}

/** Another broker of this user runs. */
export function Blocked({ other }: { other: OtherBroker | undefined }) {
  const bridge = useBridge()
  const { run } = useFeedback()
  const process = other?.pid ? ` (process ${other.pid})` : ''
  const isAgent = other?.kind === 'agent'
  return (
    <Whole icon={AppWindow} title="Another Tokentray is running">
      <p>
        {isAgent
          ? `The agent, "tokentray serve"${process}, keeps your accounts. Only one program can.`
          : `Another program${process} holds the accounts. Quit it, and Tokentray goes on here by itself.`}
      </p>
      {isAgent && <p className="help">Stopping it ends the leases that it has given out.</p>}
      <div className="buttons column">
        {isAgent && (
          <Button data-first look="primary" act={() => run(() => bridge.stopOtherBroker())}>
            Stop it and go on here
          </Button>
        )}
        <Button act={() => run(() => bridge.quit())}>Quit</Button>
      </div>
    </Whole>
  )
}

/** Nothing leaves until a person unlocks. */
export function Locked() {
  const bridge = useBridge()
  const snapshot = useSnapshot()
  const { run } = useFeedback()
  const endAll = useEndAll()
  return (
    <Whole icon={Lock} title="Locked">
      <p>No token is handed out or copied until you unlock.</p>
      <p className="help">{describeActive(snapshot)}.</p>
      <div className="buttons column">
        <Button data-first look="primary" act={() => run(() => bridge.unlock())}>
          Unlock
        </Button>
        {countActive(snapshot) > 0 && (
          <Button id="end-all" act={endAll}>
            End all…
          </Button>
        )}
      </div>
    </Whole>
  )
}

/** The main process did not answer. */
export function Unreachable({ failure, retry }: { failure: Failure; retry: () => unknown }) {
  return (
    <div className="whole">
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
