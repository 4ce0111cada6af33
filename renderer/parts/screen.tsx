import { ArrowLeft } from 'lucide-react'
import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react'
import { useNavigation } from '../state/navigation.tsx'
import { IconButton } from './button.tsx'

interface ScreenProps {
  readonly title: string
  /** True for screens that are reached from another one. */
  readonly hasBack?: boolean
  readonly actions?: ReactNode
  /** What searches the body; it stays in sight, above it. */
  readonly search?: ReactNode
  readonly children: ReactNode
}

/** One screen: a heading, its actions and a scrolling body. Keeps the keyboard focus on it. */
export function Screen({ title, hasBack = false, actions, search, children }: ScreenProps) {
  const { back, focus } = useNavigation()
  const heading = useRef<HTMLHeadingElement>(null)
  const body = useRef<HTMLElement>(null)
  useKeptFocus(body, heading)
  useKeyScrolling(body)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the screen is first drawn.
  useEffect(() => {
    const returned = focus === undefined ? null : document.getElementById(focus)
    const first = body.current?.querySelector<HTMLElement>('[data-first]')
    const target = returned ?? first ?? (hasBack ? heading.current : null)
    target?.focus()
  }, [])
  return (
    <>
      <header className={hasBack ? 'bar sub' : 'bar'}>
        {hasBack && (
          <IconButton id="back" label="Back" act={back}>
            <ArrowLeft aria-hidden="true" />
          </IconButton>
        )}
        <h1 ref={heading} tabIndex={-1} title={title}>
          {title}
        </h1>
        {actions}
      </header>
      {search && <div className="above">{search}</div>}
      <main ref={body}>{children}</main>
    </>
  )
}

/** A body that has nothing but text gets the focus itself, so that the arrow keys scroll it (WCAG 2.1.1). */
function useKeyScrolling(body: React.RefObject<HTMLElement | null>) {
  useLayoutEffect(() => {
    const { current } = body
    if (current?.querySelector(FOCUSABLE)) current.removeAttribute('tabindex')
    else if (current) current.tabIndex = 0
  })
}

const FOCUSABLE = 'button, input, select, summary, a[href]'

/**
 * If the focused element goes away, for example the button of a revoked token, the focus moves to
 * the element that took its position, or to the heading.
 */
function useKeptFocus(
  body: React.RefObject<HTMLElement | null>,
  heading: React.RefObject<HTMLElement | null>,
) {
  const last = useRef<{ element: Element; index: number } | null>(null)
  const all = () => [...(body.current?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])]
  useLayoutEffect(() => {
    const note = ({ target }: FocusEvent) => {
      if (!(target instanceof HTMLElement)) return
      const index = all().indexOf(target)
      last.current = index < 0 ? null : { element: target, index }
    }
    document.addEventListener('focusin', note)
    return () => document.removeEventListener('focusin', note)
  })
  useLayoutEffect(() => {
    const { current } = last
    if (current === null || current.element.isConnected) return
    last.current = null
    if (document.activeElement !== document.body) return
    const left = all()
    const next = left[Math.min(current.index, left.length - 1)] ?? heading.current
    next?.focus()
  })
}
