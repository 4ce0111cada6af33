import type { Shell } from 'electron'
import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import { openOnce } from '../base/one-visit.ts'
import type { Secret } from '../base/secret.ts'

/** Whose pages may be opened by name: the project's own. */
const HOSTS: ReadonlySet<string> = new Set(['github.com'])

/** The address that `openOnce` makes: a port of ours, and a random path that is good for one visit. */
const ONE_VISIT = /^http:\/\/127\.0\.0\.1:[1-9]\d{0,4}\/[A-Za-z0-9]{43}$/

/** True for what may be handed to the system to be opened. */
export function isOpenable(address: string): boolean {
  if (ONE_VISIT.test(address)) return true
  if (!URL.canParse(address) || hasOddCharacters(address)) return false
  const { protocol, hostname, port, username, password } = new URL(address)
  return (
    protocol === 'https:' &&
    HOSTS.has(hostname) &&
    port === '' &&
    username === '' &&
    password === ''
  )
}

/**
 * Has the system open an address in the person's browser; `request_refused` for any that is not one
 * of ours. Rejects with `temporarily_unavailable` if the system cannot.
 *
 * Security: what is opened is started with the person's rights: a file, a program, another scheme's.
 */
export async function openExternalLink(
  address: string,
  openExternal: (address: string) => Promise<void>,
): Promise<void> {
  if (!isOpenable(address)) {
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

/** What URL parsers drop or take for a slash, and programs behind them may not. */
const hasOddCharacters = (address: string): boolean =>
  !/^[!-~]+$/.test(address) || address.includes('\\')
