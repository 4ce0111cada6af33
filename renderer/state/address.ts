import { useEffect } from 'react'
import type { CopyForm } from '../../preload/snapshot.ts'
import { copyId } from './navigation.tsx'
import type { Place } from './places.ts'

/** A place, and the id of the element there that gets the focus. */
export interface Destination {
  readonly place: Place
  readonly focus?: string
}

/** The destinations that are named by one word. */
const WORDS: Readonly<Record<string, Destination>> = {
  accounts: { place: { at: 'accounts' } },
  search: { place: { at: 'accounts' }, focus: 'search-accounts' },
  add: { place: { at: 'add' } },
  tokens: { place: { at: 'leases' } },
  settings: { place: { at: 'settings' } },
}

/**
 * Where the tray sends the user. The main process sets it as the fragment of the page's URL:
 * `#3/settings`, `#4/login/sftpgo%2Fhome` or `#5/copy/sftpgo%2Fhome/token`. The number makes each one
 * different, so that the same destination can be requested twice. `null` for anything else.
 */
export function parseAddress(hash: string): Destination | null {
  const [, word = ''] = /^#\d+\/([a-z]+)$/.exec(hash) ?? []
  if (Object.hasOwn(WORDS, word)) return WORDS[word] ?? null
  const [, at, escaped, form] =
    /^#\d+\/(login|copy)\/([^/]+)(?:\/(token|header|curl))?$/.exec(hash) ?? []
  const account = decoded(escaped)
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
    // A broken escape, which the main process never writes.
    return undefined
  }
}

/** Goes to the place in the URL fragment, now and whenever it changes. */
export function useAddress(go: (place: Place, focus?: string) => void): void {
  useEffect(() => {
    const follow = () => {
      const destination = parseAddress(window.location.hash)
      if (destination) go(destination.place, destination.focus)
    }
    follow()
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [go])
}
