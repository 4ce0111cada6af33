import { useEffect, useRef } from 'react'
import { useNavigation } from './navigation.tsx'

/** Long enough to look something up in another window. */
const AWAY_MS = 10 * 60_000

/** A window that was out of sight for ten minutes starts on the accounts again. */
export function useReopening(): void {
  const { place, home } = useNavigation()
  const latest = useRef({ place, home })
  latest.current = { place, home }
  useEffect(() => {
    let left: { readonly at: number; readonly place: object } | null = null
    const see = () => {
      if (document.hidden) left = { at: Date.now(), place: latest.current.place }
      // It may have been led to another place meanwhile, from the tray menu.
      else if (left && Date.now() - left.at >= AWAY_MS && left.place === latest.current.place) {
        latest.current.home()
      }
    }
    document.addEventListener('visibilitychange', see)
    return () => document.removeEventListener('visibilitychange', see)
  }, [])
}
