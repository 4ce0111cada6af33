import type { CopyForm } from '../../../preload/snapshot.ts'
import { TokentrayError } from '../../base/errors.ts'
import { Secret, type Secrets } from '../../base/secret.ts'
import { parseUrl } from '../../base/text/parse-url.ts'

/** The parts of an access token that are copied. */
export interface TokenToCopy {
  readonly value: Secret
  /** The exact headers a tool must send. */
  readonly headers: Secrets
}

/** The URL of the service for an account with these values; undefined if they contain none. */
export function addressOf(values: Readonly<Record<string, string>>): string | undefined {
  // `base` is the address that a login found out if the form did not ask for one.
  return values['url'] || values['base'] || undefined
}

/**
 * The text to copy: the token; its headers, one `Name: value` per line; or a `curl` command for a
 * POSIX shell that calls `address`. Throws `unexpected_answer` for a header with control characters,
 * and `not_supported` for a `curl` command without an address.
 */
export function toClipText(
  token: TokenToCopy,
  form: CopyForm,
  address: string | undefined,
): Secret {
  switch (form) {
    case 'token':
      return token.value
    case 'header':
      return new Secret(headerLines(token).join('\n'))
    case 'curl':
      return new Secret(curlLine(token, address))
    default:
      return form satisfies never
  }
}

function headerLines({ headers }: TokenToCopy): string[] {
  return Object.entries(headers).map(([name, value]) => {
    const line = `${name}: ${value.reveal()}`
    // Security: in a terminal, a pasted line break would run what follows it.
    if (/[\p{Cc}\u2028\u2029]/u.test(line)) {
      throw new TokentrayError(
        'unexpected_answer',
        `The value of ${quote(name)} is not a valid header.`,
      )
    }
    return line
  })
}

/**
 * Security: the command contains the token, which a shell may keep in its history and `ps` shows while
 * curl runs. That is what the user asked for: one line that works in a shell and in every tool that
 * accepts a curl command. A pipe into `-H @-` would work only in a shell and still be in its history.
 * Users who want neither use the command line or the endpoint.
 */
function curlLine(token: TokenToCopy, address: string | undefined): string {
  const url = toUrl(address)
  const words = ['curl']
  // If http_proxy is set, curl sends even loopback requests, with the token, to the proxy.
  if (isLoopback(url)) words.push('--noproxy', quote('*'))
  for (const line of headerLines(token)) words.push('-H', quote(line))
  // Without it curl would treat brackets and braces as URL patterns.
  if (/[[\]{}]/.test(url.href)) words.push('--globoff')
  return [...words, quote(url.href)].join(' ')
}

function toUrl(address: string | undefined): URL {
  const url = address === undefined ? null : parseUrl(address)
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url
  throw new TokentrayError('not_supported', 'This account has no address for curl to call.', {
    hint: 'Copy the token or its header instead.',
  })
}

function isLoopback({ hostname }: URL): boolean {
  return /^(127(\.\d+){3}|\[::1\]|(.+\.)?localhost\.?)$/.test(hostname)
}

/** The text as one word of a POSIX shell, whatever is in it. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
