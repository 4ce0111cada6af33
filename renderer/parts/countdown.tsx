import { useTicking } from '../state/page.tsx'
import { fullTime, timeLeft } from '../text/times.ts'

/** The time that is left, drawn again by itself when its text changes. */
export function Countdown({ until, suffix = '' }: { until: number; suffix?: string }) {
  const text = useTicking(() => timeLeft(until, Date.now()))
  return (
    <time className="countdown" dateTime={new Date(until).toISOString()} title={fullTime(until)}>
      {text}
      {suffix}
    </time>
  )
}

/** A moment as seen from now, kept up to date: `3 h ago`. */
export function Ticking({ read }: { read: (now: number) => string }) {
  return <>{useTicking(() => read(Date.now()))}</>
}
