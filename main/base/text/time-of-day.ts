const DAY_MS = 86_400_000

/**
 * A time (epoch milliseconds) in the local time zone: `15:31`, preceded by the date if it is more than half
 * a day from `now`.
 */
export function timeOfDay(moment: number, now: number): string {
  const date = new Date(moment)
  const two = (value: number) => String(value).padStart(2, '0')
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  if (isNear(moment, now)) return time
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`
}

/** The same with seconds, for the earliest time of a retry: `15:31:07`. */
export function secondOfDay(moment: number, now: number): string {
  const [, time = ''] = formatDateTime(moment).split(' ')
  return isNear(moment, now) ? time : formatDateTime(moment)
}

const isNear = (moment: number, now: number) => Math.abs(moment - now) < DAY_MS / 2

/** Date and time in the local time zone: `2026-11-28 14:05:12`. */
export function formatDateTime(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`
}
