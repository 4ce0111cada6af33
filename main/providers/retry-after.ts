import { parseHttpDate } from './http-date.ts'

const LONGEST_MS = 3_600_000

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

function parseDate(header: string, skewMs: number): number | null {
  const moment = parseHttpDate(header)
  return moment === null ? null : moment - skewMs
}
