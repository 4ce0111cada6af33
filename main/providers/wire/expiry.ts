import { TokentrayError } from '../../base/errors.ts'
import { readClaims } from './jwt-claims.ts'

/** The expiry of a token, in the format of a service. */
export type WrittenExpiry =
  | { readonly as: 'rfc3339' | 'unix_seconds' | 'unix_ms'; readonly value: unknown }
  /** The token itself; its `exp` counts (RFC 7519 4.1.4). The signature is not verified. */
  | { readonly as: 'jwt'; readonly value: string }
  /** Not stated by the service: this long after our request was sent, by our clock. */
  | { readonly as: 'lifetime_seconds'; readonly value: number; readonly sentAt: number }

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/
/** Larger values are not seconds, and smaller ones not milliseconds. */
const UNIT_BORDER = 1e11
const LAST_MOMENT = 8.64e15

/**
 * The expiry of a token by our clock, epoch milliseconds. Times by the service's clock are corrected by how
 * far it is ahead of ours (`skewMs`). Throws `unexpected_answer` for an unreadable one.
 */
export function parseExpiry(expiry: WrittenExpiry, skewMs: number): number {
  const moment = toMoment(expiry, skewMs)
  if (moment === null || !Number.isFinite(moment) || Math.abs(moment) > LAST_MOMENT) {
    throw new TokentrayError(
      'unexpected_answer',
      'The service returned no readable expiry time for its token.',
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
  // Date.parse accepts 31 February as 3 March.
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCDate() === Number(day) ? Date.parse(text.toUpperCase()) : null
}

function parseUnixSeconds(value: unknown): number | null {
  return isNumber(value) && value > 0 && value < UNIT_BORDER ? value * 1000 : null
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}
