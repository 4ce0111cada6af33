import { expect } from 'vitest'

/** By which factor this run waits longer than usual (vitest.config.ts measures it once). */
const slowness = Number(process.env['TOKENTRAY_TEST_SLOWNESS'] ?? 1)

/** The default; far more than anything takes if nothing goes wrong. */
const USUAL_MS = 20_000

/** Converts a wait of `ms` on a usual machine to this one, in milliseconds; also for test limits. */
export const patience = (ms: number): number => ms * slowness

/**
 * Waits until what is read is as expected; no test depends on how long that takes. If that does not
 * happen within `ms` on a usual machine, the failure says how long it waited, for what (the name of
 * `read`, or its text), and what was seen last.
 */
export function eventually<Value>(
  read: () => Value | Promise<Value>,
  ms = USUAL_MS,
  interval = 50,
): ReturnType<typeof expect.poll<Value>> {
  const timeout = patience(ms)
  return expect.poll(read, { timeout, interval, message: waitedFor(read, timeout) })
}

/** How the message of a failed wait begins. */
export function waitedFor(read: () => unknown, ms: number): string {
  const what = read.name || String(read).replace(/\s+/g, ' ')
  const long = slowness === 1 ? '' : `, as the machine is ${slowness} times slower than usual,`
  return `waited ${ms / 1_000} s${long} for ${what}`
}
