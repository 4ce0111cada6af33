import { TokentrayError } from '../../base/errors.ts'
import { readClaims } from './jwt-claims.ts'

/** When a token ends, as one service or another writes it. */
export type WrittenExpiry =
  | { readonly as: 'rfc3339' | 'unix_seconds' | 'unix_ms'; readonly value: unknown }
  /** The token itself; its `exp` counts (RFC 7519 4.1.4). Its signature is the service's business. */
  | { readonly as: 'jwt'; readonly value: string }
  /** Not said by the service: so long after our question was sent, by our clock. */
  | { readonly as: 'lifetime_seconds'; readonly value: number; readonly sentAt: number }

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/
/** Seconds above this, and milliseconds below it, are the other unit. */
const UNIT_BORDER = 1e11
const LAST_MOMENT = 8.64e15

/**
 * When the token ends by our clock, epoch milliseconds. What the service wrote by its own clock is
 * corrected by how far that is ahead of ours; what cannot be read is `unexpected_answer`.
 */
export function parseExpiry(expiry: WrittenExpiry, skewMs: number): number {
  const moment = toMoment(expiry, skewMs)
  if (moment === null || !Number.isFinite(moment) || Math.abs(moment) > LAST_MOMENT) {
    throw new TokentrayError(
      'unexpected_answer',
      'The service did not say in a readable way when its token ends.',
    )
  }
  return moment
}

function toMoment(expiry: WrittenExpiry, skewMs: number): number | null {
  switch (expiry.as) {
    case 'rfc3339':
      return corrected(parseRfc3339(expiry.value), skewMs)
    case 'unix_seconds':
      return corrected(parseUnixSeconds(expiry.value), skewMs)
    case 'unix_ms':
      return corrected(
        isNumber(expiry.value) && expiry.value >= UNIT_BORDER ? expiry.value : null,
        skewMs,
      )
    case 'jwt':
      return corrected(parseUnixSeconds(readClaims(expiry.value)?.['exp']), skewMs)
    case 'lifetime_seconds':
      return expiry.value > 0 ? expiry.sentAt + expiry.value * 1000 : null
    default:
      return expiry satisfies never
  }
}

function corrected(moment: number | null, skewMs: number): number | null {
  return moment === null ? null : moment - skewMs
}

function parseRfc3339(value: unknown): number | null {
  const match = typeof value === 'string' ? RFC3339.exec(value) : null
  if (!match) return null
  const [text, year, month, day] = match
  // Date.parse takes 31 February for 3 March.
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCDate() === Number(day) ? Date.parse(text.toUpperCase()) : null
}

function parseUnixSeconds(value: unknown): number | null {
  return isNumber(value) && value > 0 && value < UNIT_BORDER ? value * 1000 : null
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}
