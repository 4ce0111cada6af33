import type { Shell } from 'electron'
import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import { openOnce } from '../../base/sockets/one-time-redirect.ts'

/** A URL made by `openOnce`: a loopback port and a random path that works once. */
const ONE_VISIT = /^http:\/\/127\.0\.0\.1:[1-9]\d{0,4}\/[A-Za-z0-9]{43}$/

/**
 * Opens a URL of `openOnce` in the user's browser; rejects with `request_refused` for any other URL,
 * and with `temporarily_unavailable` if the system cannot open it.
 *
 * Security: the system would also open files and start programs, with the user's rights.
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

/** Opens a URL that logs in, without showing it to the system or to other users in a command line. */
export function createBrowserOpener(shell: Pick<Shell, 'openExternal'>, clock: Clock) {
  const open = (address: string) => shell.openExternal(address)
  return (url: Secret) => openOnce(url, (page) => openExternalLink(page, open), { clock })
}
