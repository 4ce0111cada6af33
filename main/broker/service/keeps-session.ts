import type { Driver, LeaseKind } from '../../providers/provider.ts'

/** True if an account with this lease kind needs a session token. */
export function keepsSession(leaseKind: LeaseKind, { mintsFrom }: Driver): boolean {
  return leaseKind === 'shared' || mintsFrom === 'session'
}
