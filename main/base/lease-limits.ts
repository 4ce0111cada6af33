/** The shortest lease that may be chosen. */
export const SHORTEST_LEASE_SECONDS = 30

/** A week: no service has a token live longer that is made for one lease. It may allow less. */
export const LONGEST_LEASE_SECONDS = 604_800
