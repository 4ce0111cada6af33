import type { CopiedForm, CopyForm } from '../../../preload/snapshot.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { Account } from '../../broker/account/accounts.ts'
import type { Broker } from '../../broker/broker.ts'
import type { Client } from '../../broker/clients.ts'
import type { Lease } from '../../broker/lease/leases.ts'
import type { Host } from '../host.ts'
import type { AutoClear, Copied, CopiedThing } from './auto-clear.ts'
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
  autoClear.requireTaken({ account: account.id })
  const before = broker.leases.currentOf(user.id, account.uid)
  const { lease } = await broker.issue({ client: user, account, route: user.route })
  try {
    const text = toClipText(lease.held.token, form, addressOf(account.values))
    const { clearsAt } = await putIfValid(
      { broker, autoClear },
      text,
      ofLease(account, form, lease),
    )
    return { endsAt: lease.lifetime.endsAt ?? clearsAt, clearsAt }
  } catch (error) {
    if (lease !== before) broker.closeUndelivered(lease, user)
    throw error
  }
}

/** A text with a lease: it may stay while that is open. */
const ofLease = ({ id }: Account, form: CopiedForm, { id: lease }: Lease): CopiedThing => ({
  ...{ account: id, form, lease },
  mayStay: ({ leases }) => leases.get(lease) !== undefined,
})

interface PutPorts {
  readonly broker: Broker
  readonly autoClear: Pick<AutoClear, 'put' | 'clear'>
}

/**
 * Copies a text. If Tokentray was locked meanwhile, or the text is no longer valid, it is cleared again,
 * because the clearing for that may have come just before; then rejects with `vault_locked` or
 * `temporarily_unavailable`.
 */
export async function putIfValid(
  { broker, autoClear }: PutPorts,
  text: Secret,
  what: CopiedThing,
): Promise<Copied> {
  const copied = await autoClear.put(text, what)
  const { locked } = broker
  if (!locked && what.mayStay(broker)) return copied
  await autoClear.clear()
  if (locked) throw new TokentrayError('vault_locked')
  throw new TokentrayError(
    'temporarily_unavailable',
    `The ${what.tool === undefined ? 'token' : 'secret'} stopped being valid while it was copied.`,
    { hint: 'Copy it again.' },
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
  if (how === 'copy') autoClear.requireTaken({ account: account.id })
  const { url, lease } = await broker.tokenAdmin.portal(account, user, application)
  try {
    if (how === 'open') return await visit(url)
    await putIfValid({ broker, autoClear }, url, ofLease(account, 'link', lease))
  } catch (error) {
    broker.closeUndelivered(lease, user)
    throw error
  }
}
