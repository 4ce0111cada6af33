/** Tools get tokens that live at least this long unless they ask otherwise. */
export const DEFAULT_MIN_VALIDITY_SECONDS = 60

const SHORTEST_AHEAD_MS = 60_000
/** Renewals of many accounts spread over the last tenth of the window. */
const JITTER = 0.1

/**
 * How long before its end something that lives `lifeMs` is renewed, in milliseconds: a fifth of its
 * life, at least a minute, never more than half of its life. `random` is 0 to 1.
 */
export function renewAheadMs(lifeMs: number, random: number): number {
  if (lifeMs === Number.POSITIVE_INFINITY) return 0
  const ahead = Math.min(Math.max(SHORTEST_AHEAD_MS, lifeMs / 5), lifeMs / 2)
  return ahead * (1 - JITTER * random)
}

/** What is younger than half its life is not renewed, so that short lives do not cost a login per call. */
export function mayRenew(lifeMs: number, remainingMs: number): boolean {
  return lifeMs !== Number.POSITIVE_INFINITY && remainingMs <= lifeMs / 2
}
