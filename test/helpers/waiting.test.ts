import { describe, expect, it, vi } from 'vitest'
import { measureSlowness } from './slowness.ts'

const { eventually, patience, waitedFor } = await vi.hoisted(async () => {
  process.env['TOKENTRAY_TEST_SLOWNESS'] = '2.5'
  return await import('./waiting.ts')
})

describe('a wait in a test', () => {
  it('is longer by the factor by which the machine is slower', () => {
    expect(patience(10_000)).toBe(25_000)
    expect(waitedFor(() => 0, patience(1_000))).toContain('waited 2.5 s')
  })

  it('stops as soon as the value is as expected', async () => {
    let reads = 0
    await eventually(() => ++reads, 600_000, 1).toBe(3)
    expect(reads).toBe(3)
  })

  it('says how long it waited, for what, and what it saw last, when it fails', async () => {
    const lampColour = () => 'green'
    const failure = await eventually(lampColour, 4, 1)
      .toBe('red')
      .then(
        () => new Error('none'),
        (error: Error) => error,
      )
    expect(failure.message).toContain(
      'waited 0.01 s, as the machine is 2.5 times slower than usual, for lampColour',
    )
    expect(failure.message).toContain("expected 'green' to be 'red'")
  })

  it('names an anonymous function by its source text', () => {
    expect(waitedFor(() => 1 + 1, 1_000)).toContain('for () => 1 + 1')
  })

  it('is never shorter than usual, nor unlimited', () => {
    expect(measureSlowness()).toBeGreaterThanOrEqual(1)
    expect(measureSlowness()).toBeLessThanOrEqual(10)
  })
})
