import { expect, it } from 'vitest'
import { sinceOf } from '../../renderer/text/periods.ts'

const NOW = new Date(2026, 0, 10, 14, 5).getTime()

it('an hour is the last 60 minutes; days start at midnight', () => {
  expect(sinceOf('hour', NOW)).toBe(NOW - 3_600_000)
  expect(sinceOf('today', NOW)).toBe(new Date(2026, 0, 10).getTime())
  expect(sinceOf('week', NOW)).toBe(new Date(2026, 0, 3).getTime())
  expect(sinceOf('month', NOW)).toBe(new Date(2025, 11, 11).getTime())
})
