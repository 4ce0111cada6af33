import { useEffect } from 'react'
import { useNavigation } from './navigation.tsx'
import { useBridge } from './page.tsx'

/** Calls the listener for keys that nothing in the page has handled. */
function useKeys(press: (event: KeyboardEvent) => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!event.defaultPrevented) press(event)
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [press])
}

/**
 * Escape closes what is open in the page first, then leaves a field with text in it, so that one key
 * loses nothing that was typed, then leads back to the screen before, and hides the window on a main
 * screen. `hasBack` is true on a screen with a way back.
 */
export function useEscape(hasBack: boolean): void {
  const bridge = useBridge()
  const { back } = useNavigation()
  useKeys((event) => {
    if (event.key !== 'Escape') return
    const { target } = event
    if (hasBack && takesText(target) && target.value !== '') return focusHeading()
    if (hasBack) return back()
    // If even this fails, there is no way to report it.
    bridge.closePopover().catch(() => {})
  })
}

/** Select all selects the text of a field, never that of the page. */
export function useSelectAll(): void {
  useKeys((event) => {
    const isSelectAll = event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)
    if (isSelectAll && !takesText(event.target)) event.preventDefault()
  })
}

const takesText = (target: EventTarget | null): target is HTMLInputElement =>
  target instanceof HTMLInputElement

const focusHeading = () => document.querySelector('h1')?.focus()
