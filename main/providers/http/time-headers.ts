const STARTS_WITH_DAY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /

/**
 * The time of an HTTP date, epoch milliseconds; `null` for anything else. RFC 9110 5.6.7 requires three
 * formats; the one without a time zone is UTC too.
 */
export function parseHttpDate(text: string): number | null {
  const trimmed = text.trim()
  if (!STARTS_WITH_DAY.test(trimmed)) return null
  const moment = Date.parse(trimmed.endsWith(' GMT') ? trimmed : `${trimmed} GMT`)
  return Number.isNaN(moment) ? null : moment
}

/**
 * How far the service's clock is ahead of ours, in milliseconds: 0 while its `Date` (whole seconds,
 * RFC 9110 6.6.1) is consistent with the times of our request and its response.
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
/** More seconds than this are a time by the service's clock, not a wait. */
const LONGEST_WAIT_SECONDS = 1e9

/**
 * The earliest time of a retry by our clock, epoch milliseconds, from `Retry-After` in either form of
 * RFC 9110 10.2.3; never in the past or more than an hour away, and `null` without a usable header.
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
 * The end of a rate limit by our clock, epoch milliseconds, from the remaining seconds that some services
 * send in `x-ratelimit-reset`; never more than an hour away, and `null` without a usable header.
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
