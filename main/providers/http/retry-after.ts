import { parseHttpDate } from './http-date.ts'

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
