import { describe, expect, test } from 'vitest'
import {
  LONGEST_LEASE_SECONDS,
  SHORTEST_LEASE_SECONDS,
} from '../../../../main/base/lease-limits.ts'
import { toLifetime, toSpan } from '../../../../main/cli/commands/support/time-spans.ts'

test.each([
  ['90s', 90],
  ['5m', 300],
  ['2h', 7_200],
  ['7d', 604_800],
  ['90', undefined],
  ['1.5h', undefined],
  ['-5m', undefined],
  ['5M', undefined],
  ['1h30m', undefined],
])('reads the span %s', (text, seconds) => {
  expect(toSpan(text)).toBe(seconds)
})

describe('a lifetime', () => {
  test.each([
    ['300', 300],
    ['5m', 300],
    ['30s', SHORTEST_LEASE_SECONDS],
    ['7d', LONGEST_LEASE_SECONDS],
    ['604800', LONGEST_LEASE_SECONDS],
  ])('is a span, or a number of seconds: %s', (text, seconds) => {
    expect(toLifetime(text)).toBe(seconds)
  })

  test.each(['29', '29s', '8d', '604801', '5 m', 'm', ''])('is not %j', (text) => {
    expect(() => toLifetime(text)).toThrow(
      'It must be from 30 seconds to 7 days, such as 90s, 5m, 2h or 7d; a number alone is in seconds.',
    )
  })
})
