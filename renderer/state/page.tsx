import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useRef,
  useSyncExternalStore,
} from 'react'
import type { Bridge } from '../../preload/contract.ts'
import type { Snapshot } from '../../preload/snapshot.ts'
import type { Ticker } from './ticker.ts'

/** What every component may use. */
export interface Page {
  readonly bridge: Bridge
  readonly ticker: Ticker
}

const PageContext = createContext<Page | null>(null)
const LatestContext = createContext<(() => Snapshot) | null>(null)
const SnapshotContext = createContext<Snapshot | null>(null)

export function PageProvider({ page, children }: { page: Page; children: ReactNode }) {
  return <PageContext value={page}>{children}</PageContext>
}

export function SnapshotProvider(props: { snapshot: Snapshot; children: ReactNode }) {
  const { snapshot, children } = props
  const held = useRef(snapshot)
  held.current = snapshot
  const latest = useCallback(() => held.current, [])
  return (
    <LatestContext value={latest}>
      <SnapshotContext value={snapshot}>{children}</SnapshotContext>
    </LatestContext>
  )
}

export const useBridge = (): Bridge => useHeld(PageContext).bridge

/** The newest snapshot; the component is redrawn with each one. */
export const useSnapshot = (): Snapshot => useHeld(SnapshotContext)

/** A function that returns the newest snapshot, for components that need not be redrawn with each one. */
export const useLatest = (): (() => Snapshot) => useHeld(LatestContext)

/**
 * A text with these moments relative to now; the component is redrawn only when the text changes.
 * Undefined moments are ignored.
 */
export function useTicking<Value extends string | number>(
  moments: readonly (number | undefined)[],
  read: (now: number) => Value,
): Value {
  const { ticker } = useHeld(PageContext)
  const key = JSON.stringify(moments.filter((moment) => moment !== undefined))
  const subscribe = useCallback(
    (tell: () => void) => ticker.subscribe(JSON.parse(key), tell),
    [ticker, key],
  )
  return useSyncExternalStore(subscribe, () => read(Date.now()))
}

function useHeld<Value>(context: React.Context<Value | null>): Value {
  const value = useContext(context)
  if (value === null) throw new Error('The provider of this context is missing.')
  return value
}
