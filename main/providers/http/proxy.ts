import { TokentrayError } from '../../base/errors.ts'
import { isLoopbackHost } from './base-url.ts'

/** The environment with `HTTPS_PROXY` and `NO_PROXY`, in upper or lower case. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>

/** The proxy for https to other machines. */
export interface WebProxy {
  readonly url: URL
  /** The value of `Proxy-Authorization`, if the address contains a user name and password. */
  readonly authorization?: string
  /** False for a URL that bypasses the proxy. */
  appliesTo(url: URL): boolean
}

interface Exception {
  readonly hostname: string
  /** Empty for every port. */
  readonly port: string
}

/** The proxy of this environment; `undefined` for none. Throws `invalid_request` for an invalid one. */
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
      // A proxy could read plain http, and calls to loopback hosts must not leave this machine.
      appliesTo: (target) =>
        target.protocol === 'https:' &&
        !isLoopbackHost(target.hostname) &&
        !exceptions.some((exception) => isExcepted(target, exception)),
    }
  } catch {
    // Security: the error quotes the address, which may contain a password.
    throw new TokentrayError('invalid_request', 'HTTPS_PROXY is not the URL of an HTTP proxy.', {
      hint: 'Set it to a URL such as http://proxy.example.com:3128, or unset it.',
    })
  }
}

/** Accepts a host and port without a scheme, as other programs do. */
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

/** Names, optionally with a leading dot or `*.` and a port; `*` for all. */
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
