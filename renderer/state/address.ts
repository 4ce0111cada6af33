import { useEffect } from 'react'
import type { CopyForm } from '../../preload/snapshot.ts'
import { copyId } from './navigation.tsx'
import type { Place } from './places.ts'

/** A place, and the element there that gets the focus. */
export interface Wish {
  readonly place: Place
  readonly focus?: string
}

/**
 * Where the tray menu wants the person to be: it puts that behind the `#` of the page's address, as
 * `#3/settings`, `#4/login/sftpgo%2Fhome` or `#5/copy/sftpgo%2Fhome/token`, with a number that makes each
 * wish a new one. `null` for anything else.
 */
export function parseAddress(hash: string): Wish | null {
  const [, at, escaped, form] =
    /^#\d+\/(settings|login|copy)(?:\/([^/]+))?(?:\/(token|header|curl))?$/.exec(hash) ?? []
  const account = decoded(escaped)
  if (at === 'settings') return escaped === undefined ? { place: { at } } : null
  if (account === undefined) return null
  if (at === 'login') return form === undefined ? { place: { at, account } } : null
  return form === undefined
    ? null
    : { place: { at: 'account', account }, focus: copyId(form as CopyForm) }
}

function decoded(escaped: string | undefined): string | undefined {
  try {
    return escaped && decodeURIComponent(escaped)
  } catch {
    // Half an escape, which nobody of ours has written.
    return undefined
  }
}

/** Goes where the address says, now and whenever it changes. */
export function useAddress(go: (place: Place, focus?: string) => void): void {
  useEffect(() => {
    const follow = () => {
      const wish = parseAddress(window.location.hash)
      if (wish) go(wish.place, wish.focus)
    }
    follow()
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [go])
}
