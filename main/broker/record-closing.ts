import type { AuditEvent } from '../audit/audit.ts'
import type { Accounts } from './account/accounts.ts'
import type { Clients } from './clients.ts'
import type { Closing, Lease } from './lease/leases.ts'
import type { Actor } from './record/actor.ts'
import type { StartupRecovery } from './startup-recovery.ts'
import type { RevokedSession } from './token-admin/session-tokens.ts'

interface Names {
  readonly accounts: Accounts
  readonly clients: Pick<Clients, 'nameOf'>
}

/** The audit line of a closed lease; its token has a line of its own. */
export function recordLeaseClosed(
  { id, client, held, fingerprint }: Lease,
  { by, cause, shared }: Closing & { readonly shared: boolean },
  { accounts, clients }: Names,
): AuditEvent {
  return {
    ...{ event: 'end', client: clients.nameOf(client), account: accounts.nameOf(held) },
    accountUid: held.accountUid,
    ...{ lease: id, fingerprint, cause, route: by.route },
    ...(shared && { atService: 'shared' }),
  }
}

/** The audit line of a revoked session token without a lease. */
export function recordSessionRevoked(
  { held, accountId: account, atService }: RevokedSession,
  { route }: Actor,
  { fingerprint }: StartupRecovery,
): AuditEvent {
  return {
    ...{ event: 'end_session', account, accountUid: held.accountUid, atService, route },
    fingerprint: fingerprint(held.token.value),
  }
}
