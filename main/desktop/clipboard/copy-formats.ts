import type { CopyForm } from '../../../preload/snapshot.ts'
import { TokentrayError } from '../../base/errors.ts'
import { Secret, type Secrets } from '../../base/secret.ts'

/** The part of an access token that is handed over. */
export interface HandedToken {
  readonly value: Secret
  /** The exact headers a tool must send. */
  readonly headers: Secrets
}

/** Where the service of an account with these values is; undefined where they do not say. */
export function addressOf(values: Readonly<Record<string, string>>): string | undefined {
  // `base` is what a login has found out where the form left the address open.
  return values['url'] || values['base'] || undefined
}

/**
 * What goes into the clipboard: the token alone; its headers, one `Name: value` to a line; or a line
 * of `curl` for a POSIX shell that calls `address`. Throws `unexpected_answer` for a header that
 * would break out of its line, `not_supported` for a line of `curl` without an address.
 */
export function toClipText(
  token: HandedToken,
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

function headerLines({ headers }: HandedToken): string[] {
  return Object.entries(headers).map(([name, value]) => {
    const line = `${name}: ${value.reveal()}`
    // Security: pasted into a terminal, a line break would run what follows it.
    if (/[\p{Cc}\u2028\u2029]/u.test(line)) {
      throw new TokentrayError('unexpected_answer', `The value of ${quote(name)} is no header.`)
    }
    return line
  })
}

/**
 * Security: the line holds the token, which a shell may keep in its history and `ps` shows while
 * curl runs. The person asked for just that: one line that works in a shell and in every tool that
 * takes a curl command; a pipe into `-H @-` would work only in the former and stay in the history
 * all the same. Who wants neither uses the command line or the endpoint.
 */
function curlLine(token: HandedToken, address: string | undefined): string {
  const url = toUrl(address)
  const words = ['curl']
  // With http_proxy set, curl sends even loopback requests, token included, to the proxy.
  if (isLoopback(url)) words.push('--noproxy', quote('*'))
  for (const line of headerLines(token)) words.push('-H', quote(line))
  // Without it curl would take brackets and braces for patterns.
  if (/[[\]{}]/.test(url.href)) words.push('--globoff')
  return [...words, quote(url.href)].join(' ')
}

function toUrl(address: string | undefined): URL {
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : null
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url
  throw new TokentrayError('not_supported', 'The account has no address to call.', {
    hint: 'Copy the token or its header instead.',
  })
}

function isLoopback({ hostname }: URL): boolean {
  return /^(127(\.\d+){3}|\[::1\]|(.+\.)?localhost\.?)$/.test(hostname)
}

/** The text as one word of a POSIX shell, whatever is in it. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
