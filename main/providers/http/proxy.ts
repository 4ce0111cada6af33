import { TokentrayError } from '../../base/errors.ts'
import { isLoopbackHost } from './base-url.ts'

/** Where `HTTPS_PROXY` and `NO_PROXY` are read, in either case. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>

/** The proxy on the way to far hosts over https. */
export interface WebProxy {
  readonly url: URL
  /** The value of `Proxy-Authorization`, where the address holds a name and a password. */
  readonly authorization?: string
  /** False for what goes past it. */
  appliesTo(url: URL): boolean
}

interface Exception {
  readonly hostname: string
  /** Empty for every port. */
  readonly port: string
}

/** The proxy that this environment names; `undefined` for none, `invalid_request` for what is none. */
export function readProxy(env: ProxyEnvironment): WebProxy | undefined {
  const text = env['https_proxy'] || env['HTTPS_PROXY']
  if (!text) return undefined
  const exceptions = parseExceptions(env['no_proxy'] || env['NO_PROXY'] || '')
  try {
    const url = parseProxy(text)
    const authorization = toAuthorization(url)
    return {
      url,
      ...(authorization !== undefined && { authorization }),
      // A proxy for plain http would read along, and one for loopback hosts would be sent what must
      // not leave this machine.
      appliesTo: (target) =>
        target.protocol === 'https:' &&
        !isLoopbackHost(target.hostname) &&
        !exceptions.some((exception) => isExcepted(target, exception)),
    }
  } catch {
    // Security: what was thrown quotes the address, which may hold a password.
    throw new TokentrayError('invalid_request', 'HTTPS_PROXY is not the URL of an HTTP proxy.', {
      hint: 'Set it like http://proxy.example.com:3128, or unset it.',
    })
  }
}

/** Other programs take a host and port alone, so this does too. */
function parseProxy(text: string): URL {
  const url = new URL(text.includes('://') ? text : `http://${text}`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError(url.protocol)
  return url
}

function toAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** Names with or without a dot or `*.` before them, and a port behind; `*` for all. */
function parseExceptions(text: string): Exception[] {
  return text
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [, name = entry, port = ''] = /^(.+):(\d+)$/.exec(entry) ?? []
      return { hostname: name.replace(/^\*?\./, '').toLowerCase(), port }
    })
}

function isExcepted(target: URL, { hostname, port }: Exception): boolean {
  if (port !== '' && port !== (target.port || '443')) return false
  return (
    hostname === '*' || target.hostname === hostname || target.hostname.endsWith(`.${hostname}`)
  )
}
