import type { CopyForm } from '../../preload/contract.ts'
import type { Secret } from '../base/secret.ts'
import type { Account } from '../broker/accounts.ts'
import type { Client } from '../broker/clients.ts'
import type { Copying } from './copying.ts'
import { addressOf, toClipText } from './handing.ts'
import type { Host } from './host.ts'

interface HandingOutPorts {
  readonly host: Pick<Host, 'broker'>
  /** As whom the person acts. */
  readonly person: Client
  readonly copying: Pick<Copying, 'put' | 'clear'>
  /** Brings a browser to this address without anybody seeing it. */
  readonly visit: (url: Secret) => Promise<void>
}

/**
 * Hands a token out to the person, recorded like any other, and puts it into the clipboard; resolves
 * to when it will be cleared.
 */
export async function copyToken(
  { host, person, copying }: Pick<HandingOutPorts, 'host' | 'person' | 'copying'>,
  account: Account,
  form: CopyForm,
): Promise<number> {
  const { broker } = host
  const { lease } = await broker.issue({ client: person, account, route: person.route })
  const text = toClipText(lease.held.token, form, addressOf(account.values))
  const { clearsAt } = await copying.put(text, { account: account.id, form })
  // Locked while it was put: the clearing that goes with the lock came too early for this one.
  if (broker.locked) await copying.clear()
  return clearsAt
}

/**
 * Brings the person to the pages of an account: in a browser, or by a link in the clipboard. The link
 * logs in, so it never reaches the page; where it went nowhere, what it is good for is ended.
 */
export async function openPortal(
  { host, person, copying, visit }: HandingOutPorts,
  account: Account,
  how: 'open' | 'copy',
  application: string | undefined,
): Promise<void> {
  const { broker } = host
  const { url, lease } = await broker.managing.portal(account, person, application)
  try {
    if (how === 'open') await visit(url)
    else await copying.put(url, { account: account.id, form: 'token' })
  } catch (error) {
    await broker.end({ id: lease.id }, person)
    throw error
  }
  if (how === 'copy' && broker.locked) await copying.clear()
}
