import type { Driver, LeaseKind } from '../../providers/provider.ts'

/** Does an account that gives such leases need a session token of its own? */
export function keepsSession(leaseKind: LeaseKind, { mintsFrom }: Driver): boolean {
  return leaseKind === 'shared' || mintsFrom === 'session'
}
