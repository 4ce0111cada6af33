import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import type { CopyForm } from '../../preload/snapshot.ts'
import { useFeedback } from './feedback.tsx'
import { isTop, type Place } from './places.ts'

interface Entry {
  readonly place: Place
  /** What had the focus when the person went on from here, or is to have it. */
  readonly focus?: string
  /** Of those who were led to an element here, so that each is drawn with the focus there. */
  readonly visit?: number
}

let visits = 0

interface Navigation {
  readonly place: Place
  /** The element that gets the focus once the place is drawn; its heading where there is none. */
  readonly focus: string | undefined
  /** Differs where the person was led to an element, so that the place is drawn anew. */
  readonly visit: number
  readonly go: (place: Place, focus?: string) => void
  readonly back: () => void
  /** Takes the place of where the person is, for example after the account was renamed. */
  readonly replace: (place: Place) => void
  /** To the accounts, with the focus on one of them. */
  readonly home: (account?: string) => void
}

const NavigationContext = createContext<Navigation | null>(null)
const START: readonly Entry[] = [{ place: { at: 'accounts' } }]

export function NavigationProvider({ children }: { children: ReactNode }) {
  const [stack, setStack] = useState(START)
  const { clear } = useFeedback()

  const go = useCallback(
    (place: Place, focus?: string) => {
      clear()
      const left = document.activeElement?.id
      visits += 1
      const there: Entry = { place, ...(focus !== undefined && { focus, visit: visits }) }
      setStack((entries) => {
        if (isTop(place)) return [there]
        const here: Entry = entries.at(-1) ?? { place: { at: 'accounts' } }
        return [...entries.slice(0, -1), { place: here.place, ...(left && { focus: left }) }, there]
      })
    },
    [clear],
  )
  const back = useCallback(() => {
    clear()
    setStack((entries) => (entries.length > 1 ? entries.slice(0, -1) : START))
  }, [clear])
  const replace = useCallback((place: Place) => {
    setStack((entries) => [...entries.slice(0, -1), { place }])
  }, [])
  const home = useCallback((account?: string) => {
    const place = { at: 'accounts' } as const
    setStack([{ place, ...(account !== undefined && { focus: rowId(account) }) }])
  }, [])

  const top: Entry = stack.at(-1) ?? { place: { at: 'accounts' } }
  const navigation = useMemo(
    () => ({ place: top.place, focus: top.focus, visit: top.visit ?? 0, go, back, replace, home }),
    [top, go, back, replace, home],
  )
  return <NavigationContext value={navigation}>{children}</NavigationContext>
}

export function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext)
  if (navigation === null) throw new Error('There is no navigation here.')
  return navigation
}

/** The id of the button that copies, on the screen of an account. */
export const copyId = (form: CopyForm): string => `copy-${form}`

/** The id of the button that opens an account in the list. */
export const rowId = (account: string): string => `open-${account}`
