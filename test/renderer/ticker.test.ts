import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Ticker } from '../../renderer/state/ticker.ts'
import { duration, untilTextChanges } from '../../renderer/text/times.ts'

const NOW = Date.UTC(2026, 0, 1)
const page = {
  hidden: false,
  seen: () => {},
  addEventListener: (_name: string, listener: () => void) => {
    page.seen = listener
  },
}
let ticker: Ticker
let told: number[]
const watch = (moment: number) => ticker.subscribe([moment], () => told.push(Date.now() - NOW))

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
  told = []
  page.hidden = false
  ticker = new Ticker(page as unknown as Document)
})
afterEach(() => vi.useRealTimers())

it('has one timer, for the next text that changes', () => {
  watch(NOW + 20 * 60_000 + 500)
  watch(NOW + 3 * 3_600_000 + 60_000)
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(60_000)
  // The moments when "20 min" and "3 h" are no longer true.
  expect(told).toEqual([501])
  vi.advanceTimersByTime(501)
  expect(told).toEqual([501, 60_001, 60_501])
})

it('has no timer while the page is hidden, and is right as soon as it is visible', () => {
  watch(NOW + 10_000)
  page.hidden = true
  page.seen()
  expect(vi.getTimerCount()).toBe(0)
  watch(NOW + 20_000)
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(5_000)
  expect(told).toEqual([])
  page.hidden = false
  page.seen()
  expect(told).toEqual([5_000, 5_000])
  expect(vi.getTimerCount()).toBe(1)
})

it('has no timer without relative times', () => {
  const forget = watch(NOW + 10_000)
  forget()
  expect(vi.getTimerCount()).toBe(0)
})

it.each([59_999, 60_000, 61_500, 3_599_999, 3_600_000, 2 * 86_400_000, 5 * 86_400_000 + 1])(
  'knows to the millisecond when the text for %i ms changes, before and after the moment',
  (away) => {
    for (const at of [NOW + away, NOW - away]) {
      const wait = untilTextChanges(at, NOW)
      const read = (now: number) => duration(Math.abs(at - now))
      expect(read(NOW + wait - 1)).toBe(read(NOW))
      expect(read(NOW + wait)).not.toBe(read(NOW))
    }
  },
)
