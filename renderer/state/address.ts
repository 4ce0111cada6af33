import { useEffect } from 'react'
import type { Place } from './navigation.tsx'

/**
 * Where the tray menu wants the person to be: it puts that behind the `#` of the page's address, as
 * `#3/settings` or `#4/login/sftpgo%2Fhome`, with a number that makes each wish a new one. `null` for
 * anything else.
 */
export function parseAddress(hash: string): Place | null {
  const [, at, account] = /^#\d+\/(settings|login)(?:\/([^/]+))?$/.exec(hash) ?? []
  if (at === 'settings' && account === undefined) return { at }
  if (at !== 'login' || account === undefined) return null
  try {
    return { at, account: decodeURIComponent(account) }
  } catch {
    // Half an escape, which nobody of ours has written.
    return null
  }
}

/** Goes where the address says, now and whenever it changes. */
export function useAddress(go: (place: Place) => void): void {
  useEffect(() => {
    const follow = () => {
      const place = parseAddress(window.location.hash)
      if (place) go(place)
    }
    follow()
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [go])
}
