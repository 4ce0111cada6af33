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
  /** The system's resolver by default. */
  readonly lookup?: LookupFunction
}

/** The connection to a service for one exchange. */
export interface ServiceConnection {
  readonly dispatcher: Dispatcher
  /** Host and port of the proxy that it uses. */
  readonly proxy: string | undefined
  /** False until the service itself is connected: until then nothing of the request has been sent. */
  readonly isConnected: boolean
  /** Closes the socket at once. */
  destroy(): void
}

interface Route {
  readonly authorities: string
  readonly trust: Trust
}

/**
 * Opens a new connection for each exchange. Only the trusted authorities and TLS sessions are kept between
 * calls, per CA file and for accounts without one. A connection is attempted once: undici's own agents
 * reconnect endlessly if a proxy accepts the request and hangs up, even after the caller has given up
 * (nodejs/undici#3897).
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

  /** A connection for this URL. A CA file is read each time, so that a new one takes effect at once. */
  async open(
    url: URL,
    caFile: string | undefined,
    signal: AbortSignal,
  ): Promise<ServiceConnection> {
    const trust = caFile === undefined ? this.#usual : await this.#trustFor(caFile)
    // Read once, at the first call.
    if (this.#proxy === null) this.#proxy = readProxy(this.#options.env)
    const proxy = this.#proxy?.appliesTo(url) ? this.#proxy : undefined
    return this.#createConnection(url, trust, proxy, signal)
  }

  #createConnection(
    url: URL,
    trust: Trust,
    proxy: WebProxy | undefined,
    signal: AbortSignal,
  ): ServiceConnection {
    const { clock, connectMs } = this.#options
    const over = new AbortController()
    const lookup = this.#lookup
    let isUsed = false
    let isConnected = false
    const dispatcher = new Client(url.origin, {
      connect: (_options, callback) => {
        // undici asks again if the first connection closed before the request was written.
        const connecting = isUsed
          ? Promise.reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
          : connect({ url, trust, proxy, lookup, clock, connectMs, signal: over.signal })
        isUsed = true
        connecting.then(
          (socket) => {
            // With an error: undici takes a close without one as the end of a response without a length, and
            // fails an assertion, which ends the process, if the caller is gone.
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
    // Created once per CA file: parsing all root certificates for each connection takes milliseconds.
    const secureContext = createSecureContext({ ca: [...(await usual.all()), authorities] })
    const trust = { sessions: new Map<string, Buffer>(), secureContext }
    this.#routes.set(caFile, { authorities, trust })
    return trust
  }
}
