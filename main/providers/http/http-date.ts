const STARTS_WITH_DAY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /

/**
 * The moment of an HTTP date, epoch milliseconds, or `null` for anything else. RFC 9110 5.6.7 has
 * recipients take three formats; the one without a zone is UTC too.
 */
export function parseHttpDate(text: string): number | null {
  const trimmed = text.trim()
  if (!STARTS_WITH_DAY.test(trimmed)) return null
  const moment = Date.parse(trimmed.endsWith(' GMT') ? trimmed : `${trimmed} GMT`)
  return Number.isNaN(moment) ? null : moment
}

/**
 * How far the service's clock is ahead of ours, milliseconds: 0 as long as its `Date` (whole
 * seconds, RFC 9110 6.6.1) and the time between our question and its answer can both be right.
 */
export function toSkewMs(date: string | undefined, sentAt: number, receivedAt: number): number {
  const earliest = date === undefined ? null : parseHttpDate(date)
  if (earliest === null) return 0
  const latest = earliest + 999
  if (earliest > receivedAt) return earliest - receivedAt
  if (latest < sentAt) return latest - sentAt
  return 0
}
