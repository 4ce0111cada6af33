import { isIPv4 } from 'node:net'
import { TokentrayError } from '../../base/errors.ts'
import { fieldError } from '../../base/forms/field-error.ts'
import { type Fault, faultOfAddress, faultOfUrl, toAddress } from '../../base/forms/form-fields.ts'

/** A service's address as a person typed it, checked. */
export interface BaseUrl {
  /** Without a slash at the end, so that paths are appended. */
  readonly href: string
  /** Host and port, for sentences. */
  readonly host: string
}

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
  refuse(faultOfAddress(text))
  const href = toAddress(text)
  return { href, host: new URL(href).host }
}

/**
 * Parses what may be called: http or https, a host, and no user info, which `invalid_request` says.
 * Security: a password in an address would be stored and shown with it.
 */
export function parseServiceUrl(text: string): URL {
  refuse(faultOfUrl(text))
  return new URL(text.trim())
}

function refuse(fault: Fault | null): void {
  if (fault) throw fieldError({ name: addressField }, fault)
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
