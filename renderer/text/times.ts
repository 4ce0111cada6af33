const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A duration in its largest fitting unit, rounded down: `45 s`, `12 min`, `3 h`, `5 days`. */
export function duration(ms: number): string {
  const left = Math.max(0, ms)
  if (left < MINUTE) return `${Math.floor(left / SECOND)} s`
  if (left < HOUR) return `${Math.floor(left / MINUTE)} min`
  if (left < 2 * DAY) return `${Math.floor(left / HOUR)} h`
  return `${Math.floor(left / DAY)} days`
}

/** Milliseconds until the `duration` between this moment and now reads differently. */
export function untilTextChanges(at: number, now: number): number {
  const away = Math.abs(at - now)
  const unit = away < MINUTE ? SECOND : away < HOUR ? MINUTE : away < 2 * DAY ? HOUR : DAY
  // Durations are rounded down: the text changes once less than the whole units are left.
  return at >= now ? (away % unit) + 1 : unit - (away % unit)
}

/** The time left: `19 min left`; `expiring` once it is over. */
export function timeLeft(until: number, now: number): string {
  return until > now ? `${duration(until - now)} left` : 'expiring'
}

/** The time left as a figure: `19 min`; `0 s` once it is over. */
export const shortTimeLeft = (until: number, now: number): string => duration(until - now)

/** A moment relative to now: `in 12 min`, `3 h ago`. */
export function when(at: number, now: number): string {
  return at >= now ? `in ${duration(at - now)}` : `${duration(now - at)} ago`
}

/** A configured duration, spelled out: `45 seconds`, `15 minutes`, `1 hour`. */
export function inWords(seconds: number): string {
  if (seconds < 60 || (seconds % 60 !== 0 && seconds < 600)) return plural(seconds, 'second')
  if (seconds < 3600 || seconds % 3600 !== 0) return plural(Math.round(seconds / 60), 'minute')
  return plural(seconds / 3600, 'hour')
}

/** `1 token`, `2 tokens`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
