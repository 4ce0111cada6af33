import type { CopyForm } from '../../../preload/snapshot.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { Account } from '../../broker/account/accounts.ts'
import type { Broker } from '../../broker/broker.ts'
import type { Client } from '../../broker/clients.ts'
import type { Lease } from '../../broker/lease/leases.ts'
import type { Host } from '../host.ts'
import type { AutoClear } from './auto-clear.ts'
import { addressOf, toClipText } from './copy-formats.ts'

interface CopyPorts {
  readonly host: Pick<Host, 'broker'>
  /** The client that the user acts as. */
  readonly user: Client
  readonly autoClear: Pick<AutoClear, 'put' | 'clear' | 'requireTaken'>
  /** Opens this URL in a browser without showing it to other users. */
  readonly visit: (url: Secret) => Promise<void>
}

/** A copied token: when it expires, and when it is cleared; epoch milliseconds. */
export interface CopiedToken {
  readonly endsAt: number
  readonly clearsAt: number
}

/**
 * Issues a token to the user, audited like any other, and copies it to the clipboard. If it cannot be
 * copied, its lease is closed again, unless the user had it before. Rejects with `vault_locked` if
 * Tokentray was locked meanwhile, and with `temporarily_unavailable` if the lease was closed meanwhile:
 * then the clipboard is cleared. Also rejects with `temporarily_unavailable`, before issuing anything,
 * if the desktop would drop the copy.
 */
export async function copyToken(
  { host, user, autoClear }: Pick<CopyPorts, 'host' | 'user' | 'autoClear'>,
  account: Account,
  form: CopyForm,
): Promise<CopiedToken> {
  const { broker } = host
  autoClear.requireTaken(account.id)
  const before = broker.leases.currentOf(user.id, account.uid)
  const { lease } = await broker.issue({ client: user, account, route: user.route })
  try {
    const text = toClipText(lease.held.token, form, addressOf(account.values))
    const { clearsAt } = await autoClear.put(text, { account: account.id, form, lease: lease.id })
    await clearIfOver({ broker, autoClear }, lease)
    return { endsAt: lease.lifetime.endsAt ?? clearsAt, clearsAt }
  } catch (error) {
    if (lease !== before) broker.closeUndelivered(lease, user)
    throw error
  }
}

/** Clears a text that was copied just after the clearing for a lock or a closed lease. */
async function clearIfOver(
  { broker, autoClear }: { readonly broker: Broker; readonly autoClear: Pick<AutoClear, 'clear'> },
  lease: Lease,
): Promise<void> {
  const { locked } = broker
  if (!locked && broker.leases.isOpen(lease)) return
  await autoClear.clear()
  if (locked) throw new TokentrayError('vault_locked')
  throw new TokentrayError(
    'temporarily_unavailable',
    'The token stopped being valid while it was copied.',
    {
      hint: 'Copy it again.',
    },
  )
}

/**
 * Opens the portal of an account in a browser, or copies a link to it. The link logs in, so it never
 * reaches the page. If it was not opened or copied, or is cleared as in `copyToken`, its lease is
 * closed.
 */
export async function openPortal(
  { host, user, autoClear, visit }: CopyPorts,
  account: Account,
  how: 'open' | 'copy',
  application: string | undefined,
): Promise<void> {
  const { broker } = host
  if (how === 'copy') autoClear.requireTaken(account.id)
  const { url, lease } = await broker.tokenAdmin.portal(account, user, application)
  try {
    if (how === 'open') return await visit(url)
    await autoClear.put(url, { account: account.id, form: 'link', lease: lease.id })
    await clearIfOver({ broker, autoClear }, lease)
  } catch (error) {
    broker.closeUndelivered(lease, user)
    throw error
  }
}
