import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import type { Failure } from '../../preload/failure.ts'
import { toFailure } from './failure.ts'

/** The result of the last action. */
export type Outcome =
  | { readonly kind: 'done'; readonly lines: readonly string[] }
  | { readonly kind: 'failed'; readonly failure: Failure }

type Lines = readonly string[]

interface Feedback {
  readonly outcome: Outcome | null
  readonly clear: () => void
  readonly say: (...lines: Lines) => void
  /**
   * Runs an action and shows its result: the lines that `done` makes of its value, or its failure.
   * Resolves to false after a failure; never rejects.
   */
  readonly run: <Value>(
    action: () => Promise<Value>,
    done?: (value: Value) => Lines,
  ) => Promise<boolean>
}

const FeedbackContext = createContext<Feedback | null>(null)

export function FeedbackProvider({ children }: { children: ReactNode }) {
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const clear = useCallback(() => setOutcome(null), [])
  const say = useCallback((...lines: Lines) => setOutcome({ kind: 'done', lines }), [])
  const run = useCallback(
    async <Value,>(action: () => Promise<Value>, done?: (value: Value) => Lines) => {
      setOutcome(null)
      try {
        const value = await action()
        const lines = done?.(value) ?? []
        if (lines.length > 0) setOutcome({ kind: 'done', lines })
        return true
      } catch (error) {
        const failure = toFailure(error)
        if (failure.code !== 'cancelled') setOutcome({ kind: 'failed', failure })
        return false
      }
    },
    [],
  )
  const feedback = useMemo(() => ({ outcome, clear, say, run }), [outcome, clear, say, run])
  return <FeedbackContext value={feedback}>{children}</FeedbackContext>
}

export function useFeedback(): Feedback {
  const feedback = useContext(FeedbackContext)
  if (feedback === null) throw new Error('useFeedback needs a FeedbackProvider.')
  return feedback
}
