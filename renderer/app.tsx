import { useSyncExternalStore } from 'react'
import type { Snapshot } from '../preload/snapshot.ts'
import { CopiedBar } from './parts/copied-bar.tsx'
import { OutcomeBar } from './parts/outcome-bar.tsx'
import { QuestionDialog } from './parts/question-dialog.tsx'
import { TopBar } from './parts/top-bar.tsx'
import { Account } from './screens/account.tsx'
import { Accounts } from './screens/accounts.tsx'
import { Activity } from './screens/activity.tsx'
import { AddAccount } from './screens/add-account.tsx'
import { AddTool } from './screens/add-tool.tsx'
import { Leases } from './screens/leases.tsx'
import { Licenses } from './screens/licenses.tsx'
import { LogInAgain } from './screens/log-in-again.tsx'
import { Portal } from './screens/portal.tsx'
import { Settings } from './screens/settings.tsx'
import { Blocked, Locked, Starting, Stopping, Unreachable } from './screens/states.tsx'
import { Tokens } from './screens/tokens.tsx'
import { Tool } from './screens/tool.tsx'
import { Tools } from './screens/tools.tsx'
import { useAddress } from './state/address.ts'
import { FeedbackProvider } from './state/feedback.tsx'
import { useEscape, useSelectAll } from './state/keys.ts'
import { NavigationProvider, useNavigation } from './state/navigation.tsx'
import { type Page, PageProvider, SnapshotProvider, useSnapshot } from './state/page.tsx'
import { type AppState, isTop, type Place } from './state/places.ts'
import { QuestionProvider } from './state/question.tsx'
import { useReopening } from './state/reopening.ts'
import type { Snapshots } from './state/snapshots.ts'
import { useZoomKeys } from './state/zoom.ts'

/** The whole page, drawn from the newest snapshot. */
export function App({ page, snapshots }: { page: Page; snapshots: Snapshots }) {
  const { snapshot, failure } = useSyncExternalStore(snapshots.subscribe, snapshots.get)
  if (snapshot === null) {
    return failure && <Unreachable failure={failure} retry={snapshots.load} />
  }
  return (
    <PageProvider page={page}>
      <SnapshotProvider snapshot={snapshot}>
        <FeedbackProvider>
          <NavigationProvider>
            <QuestionProvider>
              <Window />
            </QuestionProvider>
          </NavigationProvider>
        </FeedbackProvider>
      </SnapshotProvider>
    </PageProvider>
  )
}

function Window() {
  const snapshot = useSnapshot()
  const { place, visit, go } = useNavigation()
  useAddress(go)
  const known = toKnown(place, snapshot)
  const state = appState(snapshot)
  useEscape(state === null && !isTop(known))
  useSelectAll()
  useReopening()
  useZoomKeys()
  return (
    <>
      {state === null && isTop(known) && <TopBar />}
      <div className="screen" data-screen={state ?? known.at} key={keyOf(known, visit, state)}>
        {state === null ? <Placed place={known} /> : <State state={state} snapshot={snapshot} />}
      </div>
      <footer>
        <OutcomeBar />
        <CopiedBar />
      </footer>
      <QuestionDialog />
    </>
  )
}

function appState({ phase, status }: Snapshot): AppState | null {
  if (phase !== 'running') return phase
  return status.locked ? 'locked' : null
}

const keyOf = (place: Place, visit: number, state: AppState | null) =>
  state ??
  [
    place.at,
    visit,
    'account' in place ? place.account : '',
    'provider' in place ? place.provider : '',
    'tool' in place ? place.tool : '',
  ].join(' ')

/** The place to show: the list instead of an account or tool that no longer exists. */
function toKnown(place: Place, { accounts, clients }: Snapshot): Place {
  if ('tool' in place) return clients.some(({ id }) => id === place.tool) ? place : { at: 'tools' }
  const isGone = 'account' in place && !accounts.some(({ id }) => id === place.account)
  return isGone ? { at: 'accounts' } : place
}

function State({ state, snapshot }: { state: AppState; snapshot: Snapshot }) {
  switch (state) {
    case 'starting':
      return <Starting />
    case 'stopping':
      return <Stopping />
    case 'blocked':
      return <Blocked other={snapshot.otherBroker} />
    case 'locked':
      return <Locked />
    default:
      return state satisfies never
  }
}

function Placed({ place }: { place: Place }) {
  const { accounts, clients } = useSnapshot()
  if ('tool' in place) {
    const tool = clients.find(({ id }) => id === place.tool)
    return tool ? <Tool key={tool.id} tool={tool} /> : null
  }
  if ('account' in place) {
    const account = accounts.find(({ id }) => id === place.account)
    if (!account) return null
    // Keyed by uid, so that input for one account is never sent for another that took its name.
    const Shown = { account: Account, login: LogInAgain, tokens: Tokens, portal: Portal }[place.at]
    return <Shown key={account.uid} account={account} />
  }
  if (place.at === 'add') return <AddAccount provider={place.provider} />
  const Shown = {
    ...{ accounts: Accounts, leases: Leases, tools: Tools, 'add-tool': AddTool },
    ...{ activity: Activity, settings: Settings, licenses: Licenses },
  }[place.at]
  return <Shown />
}
