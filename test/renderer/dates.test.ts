import { expect, it } from 'vitest'
import { datesOf } from '../../renderer/text/dates.ts'

const AT = new Date(2026, 0, 5, 14, 5, 9).getTime()
const NOW = new Date(2026, 0, 15, 9, 0).getTime()
/** Versions of ICU differ in the space before AM and PM, and in commas. */
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ').replaceAll(',', '')

it.each([
  ['en-US', '2:05 PM', 'Mon January 5'],
  ['de-DE', '14:05', 'Mon 5 January'],
  ['sv', '14:05', 'Mon 5 January'],
  ['C', '14:05', 'Mon 5 January'],
])('are written as in the region of %s, with English words', (locale, time, day) => {
  const dates = datesOf(locale)
  expect(plain(dates.clockTime(AT))).toBe(time)
  expect(plain(dates.fullTime(AT))).toContain(time.replace('5', '5:09'))
  expect(plain(dates.dayName(AT, NOW))).toBe(day)
})

it('call the last two days by name', () => {
  const dates = datesOf('en-GB')
  expect(dates.dayName(NOW, NOW)).toBe('Today')
  expect(dates.dayName(NOW - 86_400_000, NOW)).toBe('Yesterday')
})
