import { createSecureContext, rootCertificates } from 'node:tls'
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import { TokentrayError } from '../base/errors.ts'
import { readAuthorities } from './authorities.ts'
import { isLoopbackHost } from './base-url.ts'

export interface DispatchersOptions {
  /** Where `HTTPS_PROXY` and `NO_PROXY` are read, in either case. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly connectMs: number
}

interface Route {
  readonly authorities: string | undefined
  readonly direct: Dispatcher
  /** Goes through the proxy but for the hosts in `NO_PROXY`; absent where there is no proxy. */
  readonly proxied: Dispatcher | undefined
}

/** The ways to the services: one for each CA file, and one for accounts that name none. */
export class Dispatchers {
  readonly #options: DispatchersOptions
  readonly #routes = new Map<string, Route>()

  constructor(options: DispatchersOptions) {
    this.#options = options
  }

  /** The way to this URL; a CA file is read anew each time, so that a replaced one counts at once. */
  async find(url: URL, caFile: string | undefined): Promise<Dispatcher> {
    const authorities = caFile === undefined ? undefined : await readAuthorities(caFile)
    const route = this.#route(caFile ?? '', authorities)
    // A proxy for plain http would read along, and one for loopback hosts would be sent what must
    // not leave this machine.
    const mayLeave = url.protocol === 'https:' && !isLoopbackHost(url.hostname)
    return (mayLeave && route.proxied) || route.direct
  }

  async close(): Promise<void> {
    const routes = [...this.#routes.values()]
    this.#routes.clear()
    await Promise.all(
      routes.flatMap(({ direct, proxied }) => [direct.destroy(), proxied?.destroy()]),
    )
  }

  #route(key: string, authorities: string | undefined): Route {
    const known = this.#routes.get(key)
    if (known && known.authorities === authorities) return known
    const made = this.#makeRoute(authorities)
    this.#routes.set(key, made)
    // Calls under way on the old one may end.
    void known?.direct.close()
    void known?.proxied?.close()
    return made
  }

  #makeRoute(authorities: string | undefined): Route {
    const tls = {
      timeout: this.#options.connectMs,
      // Security: said here so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch it off.
      rejectUnauthorized: true,
    }
    // Made once: reading all the roots anew for each connection would take milliseconds.
    const serviceTls =
      authorities === undefined
        ? tls
        : { ...tls, secureContext: createSecureContext({ ca: [...rootCertificates, authorities] }) }
    return {
      authorities,
      direct: new Agent({ connect: serviceTls }),
      proxied: makeProxied(this.#options.env, tls, serviceTls),
    }
  }
}

function makeProxied(
  env: DispatchersOptions['env'],
  proxyTls: object,
  requestTls: object,
): Dispatcher | undefined {
  const text = env['https_proxy'] || env['HTTPS_PROXY']
  if (!text) return undefined
  try {
    return new EnvHttpProxyAgent({
      httpsProxy: parseProxy(text),
      // Empty texts keep undici from looking into this process's environment.
      httpProxy: '',
      noProxy: env['no_proxy'] || env['NO_PROXY'] || '',
      connect: requestTls,
      proxyTls,
      requestTls,
    })
  } catch {
    // Security: what was thrown quotes the address, which may hold a password.
    throw new TokentrayError('invalid_request', 'HTTPS_PROXY is not the URL of an HTTP proxy.', {
      hint: 'Set it like http://proxy.example.com:3128, or unset it.',
    })
  }
}

/** Other programs take a host and port alone, so this does too. */
function parseProxy(text: string): string {
  const url = new URL(text.includes('://') ? text : `http://${text}`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError(url.protocol)
  return url.href
}
