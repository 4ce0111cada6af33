import type { LookupFunction } from 'node:net'
import { createSecureContext } from 'node:tls'
import { Client, type Dispatcher } from 'undici'
import type { Clock } from '../../base/clock.ts'
import { readCaFile } from './ca-file.ts'
import { connect, type Trust } from './connection.ts'
import type { DefaultAuthorities } from './default-authorities.ts'
import { createLookup } from './lookup.ts'
import { type ProxyEnvironment, readProxy, type WebProxy } from './proxy.ts'

export interface DispatchersOptions {
  readonly env: ProxyEnvironment
  readonly clock: Clock
  readonly connectMs: number
  readonly usual: Pick<DefaultAuthorities, 'all'>
  /** Left out: the system's. */
  readonly lookup?: LookupFunction
}

/** The way to a service for one exchange. */
export interface Way {
  readonly dispatcher: Dispatcher
  /** The proxy that it goes through, as in a URL. */
  readonly proxy: string | undefined
  /** False until there is a connection to the service itself: so long nothing of a request has left. */
  readonly isConnected: boolean
  /** Lets go of its socket at once, whatever is under way. */
  destroy(): void
}

interface Route {
  readonly authorities: string
  readonly trust: Trust
}

/**
 * The ways to the services. What is kept between calls is whom to trust, for each CA file and for
 * accounts that name none; a connection is made for each exchange, once, and never again for the same.
 * undici's own agents connect anew without end where a proxy takes the request and hangs up, whether or
 * not anybody still waits (nodejs/undici#3897).
 */
export class Dispatchers {
  readonly #options: DispatchersOptions
  readonly #lookup: LookupFunction
  readonly #usual: Trust = { sessions: new Map() }
  readonly #routes = new Map<string, Route>()
  #proxy: WebProxy | undefined | null = null

  constructor(options: DispatchersOptions) {
    this.#options = options
    this.#lookup = options.lookup ?? createLookup()
  }

  /** The way to this URL; a CA file is read anew each time, so that a replaced one counts at once. */
  async open(url: URL, caFile: string | undefined, signal: AbortSignal): Promise<Way> {
    const trust = caFile === undefined ? this.#usual : await this.#trustFor(caFile)
    // Read once, and not before there is somewhere to go.
    if (this.#proxy === null) this.#proxy = readProxy(this.#options.env)
    const proxy = this.#proxy?.appliesTo(url) ? this.#proxy : undefined
    return this.#makeWay(url, trust, proxy, signal)
  }

  #makeWay(url: URL, trust: Trust, proxy: WebProxy | undefined, signal: AbortSignal): Way {
    const { clock, connectMs } = this.#options
    const over = new AbortController()
    const lookup = this.#lookup
    let isUsed = false
    let isConnected = false
    const dispatcher = new Client(url.origin, {
      connect: (_options, callback) => {
        // undici asks for another one when the first was closed before the request was written.
        const connecting = isUsed
          ? Promise.reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
          : connect({ url, trust, proxy, lookup, clock, connectMs, signal: over.signal })
        isUsed = true
        connecting.then(
          (socket) => {
            // With an error: a close without one counts as the end of an answer that has no length, and
            // undici fails an assertion, which ends the process, where nobody waits for that any more.
            socket.on('error', () => undefined)
            const drop = () => socket.destroy(new Error('The exchange is over.'))
            over.signal.addEventListener('abort', drop, { once: true })
            if (over.signal.aborted) socket.destroy()
            else isConnected = true
            callback(null, socket)
          },
          (error: Error) => callback(error, null),
        )
      },
    })
    const destroy = () => {
      signal.removeEventListener('abort', destroy)
      over.abort()
      dispatcher.destroy().catch(() => undefined)
    }
    signal.addEventListener('abort', destroy, { once: true })
    if (signal.aborted) destroy()
    return {
      ...{ dispatcher, proxy: proxy?.url.host, destroy },
      get isConnected() {
        return isConnected
      },
    }
  }

  async #trustFor(caFile: string): Promise<Trust> {
    const { clock, usual } = this.#options
    const authorities = await readCaFile(caFile, clock)
    const known = this.#routes.get(caFile)
    if (known && known.authorities === authorities) return known.trust
    // Made once: reading all the roots anew for each connection would take milliseconds.
    const secureContext = createSecureContext({ ca: [...(await usual.all()), authorities] })
    const trust = { sessions: new Map<string, Buffer>(), secureContext }
    this.#routes.set(caFile, { authorities, trust })
    return trust
  }
}
