import type { AuditEvent } from '../audit/audit.ts'
import type { Accounts } from './accounts.ts'
import type { Clients } from './clients.ts'
import type { Closing, Lease } from './leases.ts'

interface Names {
  readonly accounts: Pick<Accounts, 'nameOf'>
  readonly clients: Pick<Clients, 'nameOf'>
}

/** What the record says of a lease that has ended; of its token another line says what became of it. */
export function recordEnd(
  { id, client, held, fingerprint }: Lease,
  { by, cause, shared }: Closing & { readonly shared: boolean },
  { accounts, clients }: Names,
): AuditEvent {
  return {
    ...{ event: 'end', client: clients.nameOf(client), account: accounts.nameOf(held) },
    ...{ lease: id, fingerprint, cause, route: by.route },
    ...(shared && { atService: 'shared' }),
  }
}
