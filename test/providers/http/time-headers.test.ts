import { describe, expect, it } from 'vitest'
import {
  parseHttpDate,
  parseRateLimitReset,
  parseRetryAfter,
  toSkewMs,
} from '../../../main/providers/http/time-headers.ts'
import { rateLimited } from '../../../main/providers/wire/service-errors.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeContext } from '../calling.ts'

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0)
const httpDate = (ms: number) => new Date(ms).toUTCString()

describe('Retry-After', () => {
  it('is read as seconds from now', () => {
    expect(parseRetryAfter('0', NOW, 0)).toBe(NOW)
    expect(parseRetryAfter(' 120 ', NOW, 0)).toBe(NOW + 120_000)
  })

  it('is read as a date by the clock of the service', () => {
    expect(parseRetryAfter(httpDate(NOW + 60_000), NOW, 0)).toBe(NOW + 60_000)
    expect(parseRetryAfter(httpDate(NOW + 60_000), NOW, 45_000)).toBe(NOW + 15_000)
  })

  it('is never in the past and never more than an hour away', () => {
    expect(parseRetryAfter(httpDate(NOW - 60_000), NOW, 0)).toBe(NOW)
    expect(parseRetryAfter(httpDate(NOW + 86_400_000), NOW, 0)).toBe(NOW + 3_600_000)
    expect(parseRetryAfter('9'.repeat(400), NOW, 0)).toBe(NOW + 3_600_000)
  })

  it('is null if it is missing or invalid', () => {
    for (const header of [undefined, '', 'soon', '-5', '1.5', '12s', '2026-01-01']) {
      expect(parseRetryAfter(header, NOW, 0)).toBeNull()
    }
  })
})

describe('x-ratelimit-reset', () => {
  it('is read as seconds from now', () => {
    expect(parseRateLimitReset('0', NOW)).toBe(NOW)
    expect(parseRateLimitReset(' 37 ', NOW)).toBe(NOW + 37_000)
  })

  it('is never more than an hour away', () => {
    expect(parseRateLimitReset('3601', NOW)).toBe(NOW + 3_600_000)
    expect(parseRateLimitReset('999999999', NOW)).toBe(NOW + 3_600_000)
  })

  it('is null if it is missing, invalid, or a point in time', () => {
    const moment = String(NOW / 1000)
    for (const header of [undefined, '', 'soon', '-5', '1.5', moment, '9'.repeat(400)]) {
      expect(parseRateLimitReset(header, NOW)).toBeNull()
    }
  })
})

describe('a rate limit', () => {
  function retryAfterMs(headers: Readonly<Record<string, string>>): number {
    const clock = new FakeClock()
    const http = { send: () => Promise.reject(new Error('Nothing is sent here.')) }
    const response = {
      status: 429,
      skewMs: 0,
      header: (name: string) => headers[name],
      json: () => null,
    }
    const error = rateLimited('files.example.com', response, makeContext(http, clock), 60_000)
    expect(error.code).toBe('rate_limited')
    return (error.retryAt ?? Number.NaN) - clock.now()
  }

  it('ends at Retry-After, else at x-ratelimit-reset, else after the default of the service', () => {
    expect(retryAfterMs({ 'retry-after': '5', 'x-ratelimit-reset': '9' })).toBe(5_000)
    expect(retryAfterMs({ 'retry-after': 'soon', 'x-ratelimit-reset': '9' })).toBe(9_000)
    expect(retryAfterMs({ 'x-ratelimit-reset': '0' })).toBe(0)
    expect(retryAfterMs({ 'x-ratelimit-reset': 'later' })).toBe(60_000)
    expect(retryAfterMs({})).toBe(60_000)
  })
})

describe('an HTTP date', () => {
  it('is read in all three formats', () => {
    const moment = Date.UTC(1994, 10, 6, 8, 49, 37)
    for (const text of [
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      'Sun Nov  6 08:49:37 1994',
    ]) {
      expect(parseHttpDate(text)).toBe(moment)
    }
  })

  it('is in no other format', () => {
    for (const text of ['', '12', '1994', 'Nov 6 1994', 'Sunshine']) {
      expect(parseHttpDate(text)).toBeNull()
    }
  })

  it('shows no clock skew if both clocks may be right', () => {
    expect(toSkewMs(httpDate(NOW), NOW + 400, NOW + 900)).toBe(0)
    expect(toSkewMs(httpDate(NOW + 1000), NOW + 900, NOW + 1100)).toBe(0)
    expect(toSkewMs(undefined, NOW, NOW)).toBe(0)
    expect(toSkewMs('nonsense', NOW, NOW)).toBe(0)
  })

  it('shows how far the clock of the service is ahead of ours, or behind', () => {
    expect(toSkewMs(httpDate(NOW + 60_000), NOW, NOW + 100)).toBe(59_900)
    expect(toSkewMs(httpDate(NOW - 60_000), NOW, NOW + 100)).toBe(-59_001)
  })
})
