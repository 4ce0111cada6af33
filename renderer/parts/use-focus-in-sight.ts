import { useLayoutEffect } from 'react'

/** Keeps what has the focus in sight when something below takes room from the screen. */
export function useFocusInSight(below: unknown): void {
  useLayoutEffect(() => {
    if (below) document.activeElement?.scrollIntoView({ block: 'nearest' })
  }, [below])
}
