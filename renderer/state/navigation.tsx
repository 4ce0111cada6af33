import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import type { CopyForm } from '../../preload/snapshot.ts'
import { useFeedback } from './feedback.tsx'
import { isTop, type Place } from './places.ts'

interface Entry {
  readonly place: Place
  /** The id of the element that had the focus when the user left, or that is to get it. */
  readonly focus?: string
  /** A number for each time the user is led to an element here, so that the screen is remounted with the focus on it. */
  readonly visit?: number
}

let visits = 0

interface Navigation {
  readonly place: Place
  /** The id of the element that gets the focus once the place is shown; the heading if undefined. */
  readonly focus: string | undefined
  /** Changes when the user is led to an element, so that the screen is remounted. */
  readonly visit: number
  readonly go: (place: Place, focus?: string) => void
  readonly back: () => void
  /** Replaces the current place, for example after the account was renamed. */
  readonly replace: (place: Place) => void
  /** Goes to the accounts, with the focus on one of them. */
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
  if (navigation === null) throw new Error('useNavigation needs a NavigationProvider.')
  return navigation
}

/** The id of a copy button on the screen of an account. */
export const copyId = (form: CopyForm): string => `copy-${form}`

/** The id of the button in the list that opens a tool. */
export const toolRowId = (tool: string): string => `open-tool-${tool}`

/** The id of the button in the list that opens an account. */
export const rowId = (account: string): string => `open-${account}`
