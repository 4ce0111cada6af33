/** Tools get tokens that are valid for at least this long by default. */
export const DEFAULT_MIN_VALIDITY_SECONDS = 60

const SHORTEST_AHEAD_MS = 60_000
/** Spreads the renewals of many accounts over a tenth of the window. */
const JITTER = 0.1

/**
 * How long before its expiry a token with a lifetime of `lifeMs` is renewed, milliseconds: a fifth of its
 * lifetime, at least a minute, at most half of the lifetime. `random`: 0 to 1, for jitter.
 */
export function renewAheadMs(lifeMs: number, random: number): number {
  if (lifeMs === Number.POSITIVE_INFINITY) return 0
  const ahead = Math.min(Math.max(SHORTEST_AHEAD_MS, lifeMs / 5), lifeMs / 2)
  return ahead * (1 - JITTER * random)
}

/** False in the first half of a lifetime, so that short-lived tokens do not cost a login per call. */
export function mayRenew(lifeMs: number, remainingMs: number): boolean {
  return lifeMs !== Number.POSITIVE_INFINITY && remainingMs <= lifeMs / 2
}
