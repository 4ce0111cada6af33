import type { Shell } from 'electron'
import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import { openOnce } from '../../base/sockets/one-time-redirect.ts'

/** The address that `openOnce` makes: a port of ours, and a random path that is good for one visit. */
const ONE_VISIT = /^http:\/\/127\.0\.0\.1:[1-9]\d{0,4}\/[A-Za-z0-9]{43}$/

/**
 * Has the system open an address of `openOnce` in the person's browser; `request_refused` for any other.
 * Rejects with `temporarily_unavailable` if the system cannot.
 *
 * Security: what is opened is started with the person's rights: a file, a program, another scheme's.
 */
export async function openExternalLink(
  address: string,
  openExternal: (address: string) => Promise<void>,
): Promise<void> {
  if (!ONE_VISIT.test(address)) {
    throw new TokentrayError('request_refused', 'Tokentray does not open addresses of this kind.')
  }
  try {
    await openExternal(address)
  } catch (error) {
    throw new TokentrayError('temporarily_unavailable', 'No browser could be opened.', {
      cause: error,
      hint: 'Copy the link instead, and open it yourself.',
    })
  }
}

/** Brings a browser to an address that logs in, without the system or other users seeing it. */
export function createVisit(shell: Pick<Shell, 'openExternal'>, clock: Clock) {
  const open = (address: string) => shell.openExternal(address)
  return (url: Secret) => openOnce(url, (page) => openExternalLink(page, open), { clock })
}
