import { expect } from 'vitest'

/** How many times longer than usual this run waits (vitest.config.ts measures it once). */
const slowness = Number(process.env['TOKENTRAY_TEST_SLOWNESS'] ?? 1)

/** Where one does not say otherwise; far more than anything takes where nothing goes wrong. */
const USUAL_MS = 20_000

/** A wait that is `ms` long on a usual machine, in milliseconds on this one; also for limits of tests. */
export const patience = (ms: number): number => ms * slowness

/**
 * Waits until what is read is as expected; no test depends on how long that takes. When it does not come
 * about within `ms` of a usual machine, the failure says how long was waited, for what (the name of
 * `read`, or its text) and what was seen last.
 */
export function eventually<Value>(
  read: () => Value | Promise<Value>,
  ms = USUAL_MS,
  interval = 50,
): ReturnType<typeof expect.poll<Value>> {
  const timeout = patience(ms)
  return expect.poll(read, { timeout, interval, message: waitedFor(read, timeout) })
}

/** What the failure of a wait begins with. */
export function waitedFor(read: () => unknown, ms: number): string {
  const what = read.name || String(read).replace(/\s+/g, ' ')
  const long = slowness === 1 ? '' : `, as the machine is ${slowness} times slower than usual,`
  return `waited ${ms / 1_000} s${long} for ${what}`
}
