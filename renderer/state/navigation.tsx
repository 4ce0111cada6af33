import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react'
import type { CopyForm } from '../../preload/snapshot.ts'
import { useFeedback } from './feedback.tsx'
import { isTop, type Place } from './places.ts'

interface Entry {
  readonly place: Place
  /** The id of the element that had the focus when the user left, or that is to get it. */
  readonly focus?: string
  /** A number for each time the user is led to an element here, so that the screen is remounted with the focus on it. */
  readonly visit?: number
  readonly memory: Memory
}

/** What the screen wants back when the user returns to it. Changed in place: nothing is drawn from it. */
interface Memory {
  search: string
}

const entryAt = (place: Place): Entry => ({ place, memory: { search: '' } })

let visits = 0

interface Navigation {
  readonly place: Place
  /** The id of the element that gets the focus once the place is shown; the heading if undefined. */
  readonly focus: string | undefined
  /** Changes when the user is led to an element, so that the screen is remounted. */
  readonly visit: number
  readonly memory: Memory
  readonly go: (place: Place, focus?: string) => void
  readonly back: () => void
  /** Replaces the current place, for example after the account was renamed. Nothing is behind a main screen. */
  readonly replace: (place: Place) => void
  /** Goes to the accounts, with the focus on one of them. */
  readonly home: (account?: string) => void
}

const NavigationContext = createContext<Navigation | null>(null)
const start = (): readonly Entry[] => [entryAt({ at: 'accounts' })]

const topOf = (stack: readonly Entry[]): Entry => stack.at(-1) ?? entryAt({ at: 'accounts' })

export function NavigationProvider({ children }: { children: ReactNode }) {
  const [stack, setStack] = useState(start)
  const { clear } = useFeedback()

  const go = useCallback(
    (place: Place, focus?: string) => {
      clear()
      const left = document.activeElement?.id
      visits += 1
      const there: Entry = {
        ...entryAt(place),
        ...(focus !== undefined && { focus, visit: visits }),
      }
      setStack((entries) => {
        if (isTop(place)) return [there]
        const { place: at, memory } = topOf(entries)
        return [...entries.slice(0, -1), { place: at, memory, ...(left && { focus: left }) }, there]
      })
    },
    [clear],
  )
  const back = useCallback(() => {
    clear()
    setStack((entries) => (entries.length > 1 ? entries.slice(0, -1) : start()))
  }, [clear])
  const replace = useCallback((place: Place) => {
    setStack((entries) => [...(isTop(place) ? [] : entries.slice(0, -1)), entryAt(place)])
  }, [])
  const home = useCallback((account?: string) => {
    const entry = entryAt({ at: 'accounts' })
    setStack([{ ...entry, ...(account !== undefined && { focus: rowId(account) }) }])
  }, [])

  const top = topOf(stack)
  const navigation = useMemo(() => {
    const { place, focus, visit = 0, memory } = top
    return { place, focus, visit, memory, go, back, replace, home }
  }, [top, go, back, replace, home])
  return <NavigationContext value={navigation}>{children}</NavigationContext>
}

export function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext)
  if (navigation === null) throw new Error('useNavigation needs a NavigationProvider.')
  return navigation
}

/** The search of a list, kept while the user looks at something in the list. */
export function useRememberedSearch() {
  const { memory } = useNavigation()
  const [search, setSearch] = useState(memory.search)
  useEffect(() => {
    memory.search = search
  }, [memory, search])
  return [search, setSearch] as const
}

/** The id of a copy button on the screen of an account. */
export const copyId = (form: CopyForm): string => `copy-${form}`

/** The id of the button in the list that opens a tool. */
export const toolRowId = (tool: string): string => `open-tool-${tool}`

/** The id of the button in the list that opens an account. */
export const rowId = (account: string): string => `open-${account}`
