import { type RefObject, useEffect } from 'react'

interface ListKeys {
  /** The search above the list; its element is absent where the list is short. */
  readonly input: RefObject<HTMLInputElement | null>
  readonly clear: () => void
}

const ROWS = '#accounts > li'
/** The button that a press of Enter on a row is for. */
const MAIN = '[data-main]'
const OPEN = '.row-open'

/**
 * The keys of the list of accounts: up, down, Home and End move from row to row, right opens the account, and
 * Ctrl+F or any printable character leads to the search. A row is its main button, so that Enter and Space work
 * as on every button, and screen readers say what they do.
 */
export function useListKeys({ input, clear }: ListKeys): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      // An open menu or question has the keys.
      const isTaken = document.querySelector('[role="menu"], [role="alertdialog"]') !== null
      if (event.defaultPrevented || event.isComposing || isTaken) return
      const search = input.current
      if (isFind(event)) {
        if (!search) return
        event.preventDefault()
        search.focus()
        search.select()
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const target = document.activeElement
      if (search && target === search) return pressInSearch(event, search, clear)
      if (target?.matches('input, select, textarea')) return
      // The browser types the character where the focus is by then.
      if (search && event.key.length === 1 && event.key !== ' ') return search.focus()
      pressInList(event, target, search)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [input, clear])
}

const isFind = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent) =>
  key.toLowerCase() === 'f' && (ctrlKey || metaKey) && !altKey && !shiftKey

function pressInSearch(event: KeyboardEvent, search: HTMLInputElement, clear: () => void): void {
  const first = document.querySelector<HTMLElement>(`${ROWS} ${MAIN}`)
  if (event.key === 'Escape' && search.value !== '') clear()
  else if (event.key === 'ArrowDown' && first) first.focus()
  else if (event.key === 'Enter' && search.value.trim() !== '' && first) first.click()
  else return
  event.preventDefault()
}

function pressInList(
  event: KeyboardEvent,
  target: Element | null,
  search: HTMLElement | null,
): void {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)]
  const index = rows.findIndex((row) => row.contains(target))
  const next = nextOf(event.key, index, rows.length)
  const part = target?.matches(OPEN) ? OPEN : MAIN
  if (event.key === 'ArrowRight') rows[index]?.querySelector<HTMLElement>(OPEN)?.click()
  else if (next === null) return
  else if (next < 0) search?.focus()
  else rows[next]?.querySelector<HTMLElement>(part)?.focus()
  event.preventDefault()
}

/** The row that a key leads to; -1 is above the first, `null` for a key that leads nowhere. */
function nextOf(key: string, index: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return Math.min(index + 1, count - 1)
    case 'ArrowUp':
      return index < 0 ? count - 1 : index - 1
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}
