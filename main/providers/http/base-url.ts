import { isIPv4 } from 'node:net'
import { TokentrayError } from '../../base/errors.ts'
import { fieldError } from '../../base/forms/field-error.ts'
import { type Fault, faultOfAddress, faultOfUrl, toAddress } from '../../base/forms/form-fields.ts'

/** The address of a service, validated. */
export interface BaseUrl {
  /** Without a trailing slash, so that paths can be appended. */
  readonly href: string
  /** Host and port, for messages. */
  readonly host: string
}

/** The name of the form field for the address of the service, the same in every form. */
export const addressField = 'url'

/** True for names and addresses of this machine. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase()
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'))
}

/**
 * Parses the address of a service: http or https, with at most a path. Throws `invalid_request` for an
 * invalid URL and for one with user info, a query or a fragment, without repeating it.
 */
export function parseBaseUrl(text: string): BaseUrl {
  refuse(faultOfAddress(text))
  const href = toAddress(text)
  return { href, host: new URL(href).host }
}

/**
 * Parses a URL to call: http or https, a host and no user info; throws `invalid_request` otherwise.
 * Security: a password in an address would be stored and shown with it.
 */
export function parseServiceUrl(text: string): URL {
  refuse(faultOfUrl(text))
  return new URL(text.trim())
}

function refuse(fault: Fault | null): void {
  if (fault) throw fieldError({ name: addressField }, fault)
}

/** Throws `invalid_request` for plain http to another machine, unless the user has allowed it. */
export function requireEncryption(url: URL, allowPlainHttp = false): void {
  if (url.protocol === 'https:' || isLoopbackHost(url.hostname) || allowPlainHttp) return
  throw new TokentrayError(
    'invalid_request',
    `Without https, anyone on the network can read your password for ${url.host}.`,
    {
      field: addressField,
      hint: 'Use https, or set "Allow plain http" to "Yes, without encryption" (allowPlainHttp=yes).',
    },
  )
}
