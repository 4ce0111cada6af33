import { TokentrayError } from '../../base/errors.ts'
import { type AccountColor, tidyDisplayName } from '../../base/text/account-looks.ts'
import type { FormValues, LeaseKind } from '../../providers/provider.ts'
import type { AccountRecord } from '../../settings/schema.ts'
import type { Account, Accounts } from '../account/accounts.ts'
import { toAddresses } from '../account/addresses.ts'
import type { Actor } from '../record/actor.ts'
import { keepsSession } from '../service/keeps-session.ts'
import type { LeaseCloser } from './lease-closer.ts'

/** The names of the lease kinds in the user interface. */
const SHARING: Readonly<Record<LeaseKind, string>> = { shared: 'shared', dedicated: 'separate' }

/** What the user can change about an account without a login. */
export interface AccountChange {
  /** The part of its id after the slash. */
  readonly name?: string
  readonly leaseKind?: LeaseKind
  readonly leaseSeconds?: number
  /** Shown instead of its name; empty to show the name again. */
  readonly displayName?: string
  readonly color?: AccountColor | 'none'
  /** Listed before the others. */
  readonly pinned?: boolean
  /** The web addresses that it answers for; empty for the origin of its service. */
  readonly addresses?: readonly string[]
}

interface AccountChangeParts {
  readonly accounts: Accounts
  readonly leaseCloser: LeaseCloser
  readonly by: Actor
}

/**
 * Changes the name of an account, its looks and its lease settings, all of it or nothing. Throws `already_exists` for
 * a name that is taken, `not_supported` for a lease kind that its service does not support, and `invalid_request` for an
 * address that it cannot answer for.
 */
export function changeAccount(
  { uid, id, provider, driver, session, record, values }: Account,
  change: AccountChange,
  { accounts, leaseCloser, by }: AccountChangeParts,
): void {
  const { leaseKind, name } = change
  if (name !== undefined && name !== record.name) accounts.requireFree(provider.id, name)
  if (leaseKind && !driver.leaseKinds.includes(leaseKind)) {
    throw new TokentrayError(
      'not_supported',
      `${provider.title} does not support ${SHARING[leaseKind]} tokens for ${id}.`,
      {
        account: id,
      },
    )
  }
  if (leaseKind === 'dedicated' && record.needsCode && driver.mintsFrom === 'credential') {
    throw new TokentrayError('not_supported', `${id} needs a one-time code for every login.`, {
      account: id,
      hint: 'Keep token sharing on shared: each separate token would need a login with a new code.',
    })
  }
  accounts.change(uid, toRecordChange(change, values), by)
  if (leaseKind === undefined || leaseKind === record.leaseKind) return
  // A login or mint under way revokes its own token when it returns.
  session.epoch.advance()
  if (keepsSession(leaseKind, driver)) return
  const held = session.release()
  if (held) leaseCloser.revokeUnused(held)
}

/** The change of the record; what the user has removed is left out of it. */
function toRecordChange(
  { displayName, color, pinned, addresses, ...rest }: AccountChange,
  values: FormValues,
) {
  return {
    ...rest,
    ...(displayName !== undefined && { displayName: tidyDisplayName(displayName) || undefined }),
    ...(color !== undefined && { color: color === 'none' ? undefined : color }),
    ...(pinned !== undefined && { pinned: pinned || undefined }),
    ...(addresses && {
      addresses: addresses.length > 0 ? [...toAddresses(addresses, values)] : undefined,
    }),
  } satisfies Partial<AccountRecord>
}
