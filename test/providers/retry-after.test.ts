import { describe, expect, it } from 'vitest'
import { parseHttpDate, toSkewMs } from '../../main/providers/http-date.ts'
import { parseRetryAfter } from '../../main/providers/retry-after.ts'

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0)
const httpDate = (ms: number) => new Date(ms).toUTCString()

describe('Retry-After', () => {
  it('takes seconds from now', () => {
    expect(parseRetryAfter('0', NOW, 0)).toBe(NOW)
    expect(parseRetryAfter(' 120 ', NOW, 0)).toBe(NOW + 120_000)
  })

  it('takes a date by the clock of the service', () => {
    expect(parseRetryAfter(httpDate(NOW + 60_000), NOW, 0)).toBe(NOW + 60_000)
    expect(parseRetryAfter(httpDate(NOW + 60_000), NOW, 45_000)).toBe(NOW + 15_000)
  })

  it('is never in the past and never more than an hour away', () => {
    expect(parseRetryAfter(httpDate(NOW - 60_000), NOW, 0)).toBe(NOW)
    expect(parseRetryAfter(httpDate(NOW + 86_400_000), NOW, 0)).toBe(NOW + 3_600_000)
    expect(parseRetryAfter('9'.repeat(400), NOW, 0)).toBe(NOW + 3_600_000)
  })

  it('is nothing when it is missing or says nothing', () => {
    for (const header of [undefined, '', 'soon', '-5', '1.5', '12s', '2026-01-01']) {
      expect(parseRetryAfter(header, NOW, 0)).toBeNull()
    }
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

  it('is nothing else', () => {
    for (const text of ['', '12', '1994', 'Nov 6 1994', 'Sunshine']) {
      expect(parseHttpDate(text)).toBeNull()
    }
  })

  it('shows no difference of clocks while both may be right', () => {
    expect(toSkewMs(httpDate(NOW), NOW + 400, NOW + 900)).toBe(0)
    expect(toSkewMs(httpDate(NOW + 1000), NOW + 900, NOW + 1100)).toBe(0)
    expect(toSkewMs(undefined, NOW, NOW)).toBe(0)
    expect(toSkewMs('nonsense', NOW, NOW)).toBe(0)
  })

  it('shows by how much the service is ahead of us, or behind', () => {
    expect(toSkewMs(httpDate(NOW + 60_000), NOW, NOW + 100)).toBe(59_900)
    expect(toSkewMs(httpDate(NOW - 60_000), NOW, NOW + 100)).toBe(-59_001)
  })
})
