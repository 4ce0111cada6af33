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

interface HandingOutPorts {
  readonly host: Pick<Host, 'broker'>
  /** As whom the person acts. */
  readonly person: Client
  readonly copying: Pick<AutoClear, 'put' | 'clear' | 'requireTaken'>
  /** Brings a browser to this address without anybody seeing it. */
  readonly visit: (url: Secret) => Promise<void>
}

/** A token that was copied: when it ends, and when it will be cleared; epoch milliseconds. */
export interface CopiedToken {
  readonly endsAt: number
  readonly clearsAt: number
}

/**
 * Hands a token out to the person, recorded like any other, and puts it into the clipboard. One that
 * does not get there ends again, unless the person had it before. Rejects with `vault_locked` or
 * `temporarily_unavailable` where it was locked, or the token ended, meanwhile: then it is cleared; and
 * with the latter before anything is handed out where the desktop would drop it.
 */
export async function copyToken(
  { host, person, copying }: Pick<HandingOutPorts, 'host' | 'person' | 'copying'>,
  account: Account,
  form: CopyForm,
): Promise<CopiedToken> {
  const { broker } = host
  copying.requireTaken(account.id)
  const before = broker.leases.currentOf(person.id, account.uid)
  const { lease } = await broker.issue({ client: person, account, route: person.route })
  try {
    const text = toClipText(lease.held.token, form, addressOf(account.values))
    const { clearsAt } = await copying.put(text, { account: account.id, form, lease: lease.id })
    await clearIfOver({ broker, copying }, lease)
    return { endsAt: lease.lifetime.endsAt ?? clearsAt, clearsAt }
  } catch (error) {
    if (lease !== before) broker.closeUndelivered(lease, person)
    throw error
  }
}

/** The clearing that goes with a lock, or with the end of a token, came too early for one just put. */
async function clearIfOver(
  { broker, copying }: { readonly broker: Broker; readonly copying: Pick<AutoClear, 'clear'> },
  lease: Lease,
): Promise<void> {
  const { locked } = broker
  if (!locked && broker.leases.isOpen(lease)) return
  await copying.clear()
  if (locked) throw new TokentrayError('vault_locked')
  throw new TokentrayError('temporarily_unavailable', 'The token ended while it was copied.', {
    hint: 'Copy it again.',
  })
}

/**
 * Brings the person to the pages of an account: in a browser, or by a link in the clipboard. The link
 * logs in, so it never reaches the page; where it went nowhere, or is cleared as by `copyToken`, what it
 * is good for is ended.
 */
export async function openPortal(
  { host, person, copying, visit }: HandingOutPorts,
  account: Account,
  how: 'open' | 'copy',
  application: string | undefined,
): Promise<void> {
  const { broker } = host
  if (how === 'copy') copying.requireTaken(account.id)
  const { url, lease } = await broker.tokenAdmin.portal(account, person, application)
  try {
    if (how === 'open') return await visit(url)
    await copying.put(url, { account: account.id, form: 'link', lease: lease.id })
    await clearIfOver({ broker, copying }, lease)
  } catch (error) {
    broker.closeUndelivered(lease, person)
    throw error
  }
}
