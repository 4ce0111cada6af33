import { useDates } from '../state/dates.ts'
import { useTicking } from '../state/page.tsx'
import { shortTimeLeft, timeLeft } from '../text/times.ts'

/** The time left; updates itself when its text changes. */
export function Countdown({ until, suffix = '' }: { until: number; suffix?: string }) {
  const text = useTicking(until > Date.now() ? [until] : [], (now) => timeLeft(until, now))
  const { fullTime } = useDates()
  return (
    <time className="countdown" dateTime={new Date(until).toISOString()} title={fullTime(until)}>
      {text}
      {suffix}
    </time>
  )
}

/** The time left as a figure at the end of a row: `12 min`. */
export function TimeLeft({ until }: { until: number }) {
  const text = useTicking(until > Date.now() ? [until] : [], (now) => shortTimeLeft(until, now))
  const { fullTime } = useDates()
  return (
    <time
      className="time-left"
      dateTime={new Date(until).toISOString()}
      title={`Active until ${fullTime(until)}`}
    >
      {text}
      <span className="hidden"> left</span>
    </time>
  )
}

interface TickingProps {
  /** The moments whose distance from now is in the text. */
  readonly moments: readonly (number | undefined)[]
  readonly read: (now: number) => string
}

/** A text with moments relative to now, kept up to date: `3 h ago`. */
export function Ticking({ moments, read }: TickingProps) {
  return <>{useTicking(moments, read)}</>
}
