import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react'
import type { Bridge, Snapshot } from '../../preload/contract.ts'
import type { Ticker } from './ticker.ts'

/** What every part of the page may use. */
export interface Page {
  readonly bridge: Bridge
  readonly ticker: Ticker
}

const PageContext = createContext<Page | null>(null)
const SnapshotContext = createContext<Snapshot | null>(null)

export function PageProvider({ page, children }: { page: Page; children: ReactNode }) {
  return <PageContext value={page}>{children}</PageContext>
}

export function SnapshotProvider(props: { snapshot: Snapshot; children: ReactNode }) {
  return <SnapshotContext value={props.snapshot}>{props.children}</SnapshotContext>
}

export const useBridge = (): Bridge => useHeld(PageContext).bridge

/** The newest snapshot; whoever uses it is drawn again with each. */
export const useSnapshot = (): Snapshot => useHeld(SnapshotContext)

/** A text that depends on the time; its user is drawn again only when the text changes. */
export function useTicking<Value extends string | number>(read: () => Value): Value {
  return useSyncExternalStore(useHeld(PageContext).ticker.subscribe, read)
}

function useHeld<Value>(context: React.Context<Value | null>): Value {
  const value = useContext(context)
  if (value === null) throw new Error('This part stands outside of its provider.')
  return value
}
