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

const LONGEST_MS = 3_600_000
/** Seconds above this are a moment by the service's clock, not a wait. */
const LONGEST_WAIT_SECONDS = 1e9

/**
 * When another try may work by our clock, epoch milliseconds: from `Retry-After` in either form of
 * RFC 9110 10.2.3, never in the past and never more than an hour away; `null` if it says nothing.
 */
export function parseRetryAfter(
  header: string | undefined,
  now: number,
  skewMs: number,
): number | null {
  if (header === undefined) return null
  const moment = /^\s*\d+\s*$/.test(header)
    ? now + Number(header) * 1000
    : parseDate(header, skewMs)
  return moment === null ? null : Math.min(Math.max(moment, now), now + LONGEST_MS)
}

/**
 * When the limit is over by our clock, epoch milliseconds: from the seconds to go that some services
 * say in `x-ratelimit-reset`, never more than an hour away; `null` if it says nothing of the kind.
 */
export function parseRateLimitReset(header: string | undefined, now: number): number | null {
  if (header === undefined || !/^\s*\d+\s*$/.test(header)) return null
  const seconds = Number(header)
  return seconds < LONGEST_WAIT_SECONDS ? Math.min(now + seconds * 1000, now + LONGEST_MS) : null
}

function parseDate(header: string, skewMs: number): number | null {
  const moment = parseHttpDate(header)
  return moment === null ? null : moment - skewMs
}
