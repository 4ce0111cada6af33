import { type RefObject, useEffect, useReducer } from 'react'

/** A function that leads to the first error within the element, once it is drawn. */
export function useFirstError(within: RefObject<HTMLElement | null>): () => void {
  const [asked, ask] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    if (asked === 0) return
    const wrong = within.current?.querySelector('.wrong')
    wrong?.querySelector<HTMLElement>('input')?.focus({ preventScroll: true })
    wrong?.querySelector('.error')?.scrollIntoView({ block: 'nearest' })
  }, [asked, within])
  return ask
}
