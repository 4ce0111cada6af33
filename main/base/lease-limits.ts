/** The shortest lease that can be chosen. */
export const SHORTEST_LEASE_SECONDS = 30

/** A week: no service issues longer tokens for one lease. A service may allow less. */
export const LONGEST_LEASE_SECONDS = 604_800
