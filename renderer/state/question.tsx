import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'

/** A question before an action that cannot be undone. */
export interface Question {
  readonly title: string
  readonly text: readonly string[]
  /** A warning, for example that another program will stop working. */
  readonly warning?: string
  /** The label of the button that does it. */
  readonly action: string
  /** Nothing is lost by it, so the button is not red. */
  readonly isHarmless?: boolean
  /** If set, a second step follows in which the user types this. */
  readonly typed?: string
  readonly act: () => Promise<unknown>
  /** The id of the element that gets the focus afterwards; by default the one that has it now. */
  readonly returnTo?: string
}

interface QuestionState {
  readonly question: Question | null
  readonly ask: (question: Question) => void
  /** Closes it, unless another question has replaced it. */
  readonly close: (asked: Question) => void
}

const QuestionContext = createContext<QuestionState | null>(null)

export function QuestionProvider({ children }: { children: ReactNode }) {
  const [question, setQuestion] = useState<Question | null>(null)
  const ask = useCallback((asked: Question) => {
    const focused = document.activeElement?.id
    setQuestion({ ...(focused && { returnTo: focused }), ...asked })
  }, [])
  const close = useCallback((asked: Question) => {
    setQuestion((current) => (current === asked ? null : current))
  }, [])
  const state = useMemo(() => ({ question, ask, close }), [question, ask, close])
  return <QuestionContext value={state}>{children}</QuestionContext>
}

export function useQuestion(): QuestionState {
  const state = useContext(QuestionContext)
  if (state === null) throw new Error('useQuestion needs a QuestionProvider.')
  return state
}
