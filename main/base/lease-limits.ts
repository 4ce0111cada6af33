/** The shortest lease that can be chosen. */
export const SHORTEST_LEASE_SECONDS = 30

/** A week: no service issues longer tokens for one lease. A service may allow less. */
export const LONGEST_LEASE_SECONDS = 604_800

/** Whether a tool can have this token lifetime, in seconds; 0 stands for the lifetime of each account. */
export const isToolLifetime = (seconds: number): boolean =>
  seconds === 0 || (seconds >= SHORTEST_LEASE_SECONDS && seconds <= LONGEST_LEASE_SECONDS)
