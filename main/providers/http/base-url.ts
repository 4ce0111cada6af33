import { isIPv4 } from 'node:net'
import { TokentrayError } from '../../base/errors.ts'

/** A service's address as a person typed it, checked. */
export interface BaseUrl {
  /** Without a slash at the end, so that paths are appended. */
  readonly href: string
  /** Host and port, for sentences. */
  readonly host: string
}

/** RFC 1035 2.3.4, without the dot at the end. */
const LONGEST_HOST = 253

/** The field of every form for the address of its service, by its name. */
export const addressField = 'url'

/** True for the names and addresses that never leave this machine. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase()
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'))
}

/**
 * Parses the address of a service: http or https, with a path at most. Throws `invalid_request`
 * for what is no URL and for one with user info, a query or a fragment, without repeating it.
 */
export function parseBaseUrl(text: string): BaseUrl {
  const url = parseServiceUrl(text)
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) {
    throw refused(
      'The address must not have a query or a fragment.',
      'Leave out what begins with ? or #.',
    )
  }
  return { href: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, host: url.host }
}

/**
 * Parses what may be called: http or https, a host, and no user info, which `invalid_request` says.
 * Security: a password in an address would be stored and shown with it.
 */
export function parseServiceUrl(text: string): URL {
  const trimmed = text.trim()
  if (!/^https?:\/\//i.test(trimmed) || !URL.canParse(trimmed)) {
    throw refused('The address is not an http or https URL.')
  }
  const url = new URL(trimmed)
  if (url.hostname.length > LONGEST_HOST) {
    throw refused(
      `The host of the address is too long (at most ${LONGEST_HOST} characters).`,
      'Check what was pasted.',
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw refused(
      'The address must not contain a user name or password.',
      `${LIKE}; name and password have fields of their own.`,
    )
  }
  return url
}

const LIKE = 'Enter it like https://files.example.com'

function refused(message: string, hint = `${LIKE}.`): TokentrayError {
  return new TokentrayError('invalid_request', message, { hint, field: addressField })
}

/** Throws `invalid_request` for plain http to a far host, unless the person allowed it. */
export function requireEncryption(url: URL, allowPlainHttp = false): void {
  if (url.protocol === 'https:' || isLoopbackHost(url.hostname) || allowPlainHttp) return
  throw new TokentrayError(
    'invalid_request',
    `Plain http to ${url.host} would show the password on the way.`,
    {
      field: addressField,
      hint: 'Use https, or set "Allow plain http" to "Yes, without encryption" (allowPlainHttp=yes).',
    },
  )
}
