import { TokentrayError } from '../base/errors.ts'
import type { LeaseKind } from '../providers/provider.ts'
import { type Account, type Accounts, keepsSession } from './accounts.ts'
import type { Actor } from './actor.ts'
import type { LeaseEnding } from './lease-ending.ts'

/** What a person may change about the leases of an account. */
export interface LeaseChange {
  readonly leaseKind?: LeaseKind
  readonly leaseSeconds?: number
}

interface ChangingPorts {
  readonly accounts: Accounts
  readonly leaseEnding: LeaseEnding
  readonly by: Actor
}

/** Changes how an account gives leases; `not_supported` for a kind that its service cannot give. */
export function changeLeases(
  { uid, id, provider, driver, session, record }: Account,
  change: LeaseChange,
  { accounts, leaseEnding, by }: ChangingPorts,
): void {
  const { leaseKind } = change
  if (leaseKind && !driver.leaseKinds.includes(leaseKind)) {
    throw new TokentrayError(
      'not_supported',
      `For ${id}, ${provider.title} gives no ${leaseKind} leases.`,
      {
        account: id,
      },
    )
  }
  if (leaseKind === 'dedicated' && record.needsCode && driver.mintsFrom === 'credential') {
    throw new TokentrayError('not_supported', `${id} needs a one-time code for every login.`, {
      account: id,
      hint: 'Leave it at shared leases: a lease of its own would be a login.',
    })
  }
  accounts.change(uid, change, by)
  if (leaseKind === undefined || leaseKind === record.leaseKind) return
  session.outdate()
  if (keepsSession(leaseKind, driver)) return
  const held = session.release()
  if (held) leaseEnding.retire(held)
}
