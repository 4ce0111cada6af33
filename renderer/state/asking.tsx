import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'

/** A question before something that cannot be taken back. */
export interface Question {
  readonly title: string
  readonly text: readonly string[]
  /** What a person must know besides, for example that another program stops working. */
  readonly warning?: string
  /** The name of the deed, on its button. */
  readonly deed: string
  /** Nothing is lost by it. */
  readonly isMild?: boolean
  /** The person goes on in a second step, where they type this. */
  readonly typed?: string
  readonly act: () => Promise<unknown>
  /** The id of the element that gets the focus afterwards; what has it now, if left out. */
  readonly returnTo?: string
}

interface Asking {
  readonly question: Question | null
  readonly ask: (question: Question) => void
  /** Takes it away, unless another one stands there by now. */
  readonly close: (asked: Question) => void
}

const AskingContext = createContext<Asking | null>(null)

export function AskingProvider({ children }: { children: ReactNode }) {
  const [question, setQuestion] = useState<Question | null>(null)
  const ask = useCallback((asked: Question) => {
    const focused = document.activeElement?.id
    setQuestion({ ...(focused && { returnTo: focused }), ...asked })
  }, [])
  const close = useCallback((asked: Question) => {
    setQuestion((current) => (current === asked ? null : current))
  }, [])
  const asking = useMemo(() => ({ question, ask, close }), [question, ask, close])
  return <AskingContext value={asking}>{children}</AskingContext>
}

export function useAsking(): Asking {
  const asking = useContext(AskingContext)
  if (asking === null) throw new Error('There is nobody to ask here.')
  return asking
}
