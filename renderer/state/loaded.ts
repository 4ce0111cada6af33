import { useCallback, useEffect, useRef, useState } from 'react'
import type { Failure } from '../../preload/failure.ts'
import { toFailure } from './failure.ts'

/** The result of a call; the previous value stays until the next answer. */
export interface Loaded<Value> {
  readonly value: Value | null
  readonly failure: Failure | null
  readonly isLoading: boolean
  readonly reload: () => Promise<void>
}

/** Calls immediately and whenever `call` changes; only the answer of the latest call counts. */
export function useLoaded<Value>(call: () => Promise<Value>): Loaded<Value> {
  const [state, setState] = useState<Omit<Loaded<Value>, 'reload'>>({
    value: null,
    failure: null,
    isLoading: true,
  })
  const latest = useRef(0)
  const reload = useCallback(async () => {
    latest.current += 1
    const turn = latest.current
    setState(({ value }) => ({ value, failure: null, isLoading: true }))
    try {
      const value = await call()
      if (turn === latest.current) setState({ value, failure: null, isLoading: false })
    } catch (error) {
      const failure = toFailure(error)
      if (turn === latest.current) {
        setState(({ value }) => ({ value, failure, isLoading: false }))
      }
    }
  }, [call])
  useEffect(() => {
    void reload()
  }, [reload])
  return { ...state, reload }
}
