import { useEffect, useRef, useState } from 'react'

/**
 * The value, followed at once and then no more often than once in `ms`, however often it changes; the
 * last one always comes.
 */
export function useThrottled<Value>(value: Value, ms: number): Value {
  const [shown, setShown] = useState(value)
  const notBefore = useRef(0)
  useEffect(() => {
    if (Object.is(value, shown)) return
    const show = () => {
      notBefore.current = performance.now() + ms
      setShown(value)
    }
    const timer = setTimeout(show, Math.max(0, notBefore.current - performance.now()))
    return () => clearTimeout(timer)
  }, [value, shown, ms])
  return shown
}
