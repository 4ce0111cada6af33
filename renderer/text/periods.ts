/** The periods that activity can be limited to, shortest first. */
export const PERIODS = [
  { value: 'hour', label: 'Last hour' },
  { value: 'today', label: 'Today' },
  { value: 'week', label: 'Last 7 days' },
  { value: 'month', label: 'Last 30 days' },
] as const

export type Period = (typeof PERIODS)[number]['value']

const HOUR_MS = 3_600_000
const DAYS = { today: 0, week: 7, month: 30 } as const

/** The start of a period that ends now, epoch milliseconds; days start at midnight, local time. */
export function sinceOf(period: Period, now: number): number {
  if (period === 'hour') return now - HOUR_MS
  const start = new Date(now)
  start.setHours(0, 0, 0, 0)
  // By the calendar: a day on which the clock changes has 23 or 25 hours.
  start.setDate(start.getDate() - DAYS[period])
  return start.getTime()
}
