import { useEffect, useRef } from 'react'
import { useFeedback } from './feedback.tsx'
import { useBridge, useSnapshot } from './page.tsx'

/** The sizes of the window's content to choose from, percent. */
export const ZOOMS: readonly number[] = [80, 90, 100, 110, 125, 150, 175, 200]

type ZoomKey = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>

/**
 * The size after a key, percent: the next one with Ctrl (or ⌘) and +, the one before with -, the usual one with 0.
 * `null` for any other key.
 */
export function zoomAfter(zoom: number, { key, ctrlKey, metaKey, altKey }: ZoomKey): number | null {
  if (!(ctrlKey || metaKey) || altKey) return null
  // On most keyboards the plus needs Shift, and is pressed without it.
  if (key === '+' || key === '=') return ZOOMS.find((each) => each > zoom) ?? zoom
  if (key === '-' || key === '_') return ZOOMS.findLast((each) => each < zoom) ?? zoom
  return key === '0' ? 100 : null
}

/** Changes the size of the window's content with the keys that browsers use. */
export function useZoomKeys(): void {
  const { zoom } = useSnapshot().preferences
  const bridge = useBridge()
  const { run } = useFeedback()
  // Keys may be pressed faster than snapshots come.
  const wanted = useRef(zoom)
  useEffect(() => {
    wanted.current = zoom
  }, [zoom])
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const next = zoomAfter(wanted.current, event)
      if (next === null) return
      event.preventDefault()
      if (next === wanted.current) return
      wanted.current = next
      void run(() => bridge.setPreferences({ zoom: next }))
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [bridge, run])
}
