import { InvalidArgumentError } from 'commander'
import { LONGEST_LEASE_SECONDS, SHORTEST_LEASE_SECONDS } from '../../../base/lease-limits.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** The seconds of a span such as 90s, 5m, 2h or 7d; undefined for any other text. */
export function toSpan(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  return count === undefined || unit === undefined ? undefined : Number(count) * (UNITS[unit] ?? 0)
}

/** How help describes a value that `toLifetime` reads. */
export const LIFETIMES = '30s to 7d, such as 5m or 2h; a number alone is in seconds'

/** Reads a lifetime of tokens as seconds: a span, or a number of seconds. */
export function toLifetime(text: string): number {
  const seconds = toSpan(/^\d+$/.test(text) ? `${text}s` : text) ?? Number.NaN
  if (seconds >= SHORTEST_LEASE_SECONDS && seconds <= LONGEST_LEASE_SECONDS) return seconds
  throw new InvalidArgumentError(
    'It must be from 30 seconds to 7 days, such as 90s, 5m, 2h or 7d; a number alone is in seconds.',
  )
}
