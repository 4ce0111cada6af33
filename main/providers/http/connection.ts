import { type ClientRequest, request as httpRequest } from 'node:http'
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type SecureContext } from 'node:tls'
import type { Clock } from '../../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import { addressField } from './base-url.ts'
import type { WebProxy } from './proxy.ts'

/** Which authorities to trust, and the TLS sessions from earlier connections. */
export interface Trust {
  /** Node's default authorities unless given. */
  readonly secureContext?: SecureContext
  /** TLS sessions by host name, which shorten the next handshake. */
  readonly sessions: Map<string, Buffer>
}

export interface ConnectOptions {
  readonly url: URL
  readonly trust: Trust
  /** The proxy to use, if any. */
  readonly proxy: WebProxy | undefined
  readonly lookup: LookupFunction
  readonly clock: Clock
  /** Limit for the TCP connection and for the TLS handshake. The proxy's response is limited by the call. */
  readonly connectMs: number
  /** Aborts the connection attempt at any point. */
  readonly signal: AbortSignal
}

const MOST_SESSIONS = 100

/**
 * Connects to the host of this URL, with TLS for https. Makes one attempt; if that fails, it rejects and
 * leaves no socket open.
 */
export async function connect(options: ConnectOptions): Promise<Socket> {
  const { url, proxy, trust } = options
  const tunnel = proxy && (await openTunnel(proxy, options))
  return url.protocol === 'https:'
    ? await encrypt(url, trust, options, tunnel)
    : await openPlain(url, options)
}

function openPlain(url: URL, options: ConnectOptions): Promise<Socket> {
  const socket = connectTcp({
    host: bare(url.hostname),
    port: Number(url.port || '80'),
    lookup: options.lookup,
    noDelay: true,
  })
  return established(socket, 'connect', options)
}

function encrypt(
  url: URL,
  { secureContext, sessions }: Trust,
  options: ConnectOptions,
  tunnel?: Duplex,
): Promise<Socket> {
  const host = bare(url.hostname)
  const session = sessions.get(host)
  const socket = connectTls({
    host,
    ...(tunnel
      ? { socket: tunnel }
      : { port: Number(url.port || '443'), lookup: options.lookup, noDelay: true }),
    // Only a host name is allowed there (RFC 6066 3).
    ...(isIP(host) === 0 && { servername: host }),
    ...(secureContext && { secureContext }),
    ...(session && { session }),
    ALPNProtocols: ['http/1.1'],
    // Security: set explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not turn it off.
    rejectUnauthorized: true,
  })
  socket.on('session', (fresh: Buffer) => {
    const [oldest] = sessions.keys()
    if (sessions.size >= MOST_SESSIONS && oldest !== undefined) sessions.delete(oldest)
    sessions.set(host, fresh)
  })
  return established(socket, 'secureConnect', options)
}

/** Resolves to the socket once it is connected; on failure it is destroyed. */
function established(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  { clock, connectMs, signal }: ConnectOptions,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      settle()
      socket.destroy()
      reject(error)
    }
    const gone = () => fail(withCode('UND_ERR_ABORTED'))
    const forget = clock.after(connectMs, () => fail(withCode('ETIMEDOUT')))
    const settle = () => {
      forget()
      signal.removeEventListener('abort', gone)
      socket.off('error', fail)
      // Later errors are for the user of the socket; an error without a listener would end the process.
      socket.on('error', () => undefined)
    }
    signal.addEventListener('abort', gone, { once: true })
    socket.on('error', fail)
    socket.once(event, () => {
      settle()
      resolve(socket)
    })
    if (signal.aborted) gone()
  })
}

async function openTunnel(proxy: WebProxy, options: ConnectOptions): Promise<Duplex> {
  const { url } = options
  const authority = `${url.hostname}:${url.port || '443'}`
  const socket = await toProxy(proxy, options)
  const connectRequest = httpRequest({
    createConnection: () => socket,
    method: 'CONNECT',
    path: authority,
    setHost: false,
    headers: {
      host: authority,
      ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
    },
  })
  try {
    const { status, tunnel } = await awaitTunnel(connectRequest, options.signal)
    if (status >= 200 && status < 300) return tunnel
    throw refused(proxy, status, url.host)
  } catch (error) {
    socket.destroy()
    if (isTokentrayError(error)) throw error
    throw new TokentrayError(
      'temporarily_unavailable',
      `The proxy ${proxy.url.host} closed the connection without a response.`,
      { hint: `Check HTTPS_PROXY, or add ${url.hostname} to NO_PROXY.` },
    )
  }
}

/** An account's CA file does not apply to the proxy: Node's default authorities do. */
async function toProxy({ url }: WebProxy, options: ConnectOptions): Promise<Socket> {
  try {
    return url.protocol === 'https:'
      ? await encrypt(url, { sessions: new Map() }, options)
      : await openPlain(url, options)
  } catch {
    throw new TokentrayError(
      'temporarily_unavailable',
      `The proxy ${url.host} cannot be reached.`,
      { hint: 'Check HTTPS_PROXY and the network.' },
    )
  }
}

function awaitTunnel(
  connectRequest: ClientRequest,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly tunnel: Duplex }> {
  return new Promise((resolve, reject) => {
    const gone = () => connectRequest.destroy(withCode('UND_ERR_ABORTED'))
    signal.addEventListener('abort', gone, { once: true })
    connectRequest.on('error', reject)
    connectRequest.once('close', () => {
      signal.removeEventListener('abort', gone)
      reject(withCode('ECONNRESET'))
    })
    connectRequest.once('connect', ({ statusCode = 0 }, tunnel: Duplex, head: Buffer) => {
      signal.removeEventListener('abort', gone)
      // Data that came with the response is the start of what the host sends.
      if (head.length > 0) tunnel.unshift(head)
      resolve({ status: statusCode, tunnel })
    })
    if (signal.aborted) gone()
    connectRequest.end()
  })
}

function refused({ url, authorization }: WebProxy, status: number, host: string): TokentrayError {
  if (status === 407) {
    return new TokentrayError(
      'temporarily_unavailable',
      authorization === undefined
        ? `The proxy ${url.host} requires a user name and password.`
        : `The proxy ${url.host} rejected the user name and password in HTTPS_PROXY.`,
      { hint: 'Set HTTPS_PROXY to a URL such as http://name:password@proxy.example.com:3128.' },
    )
  }
  return new TokentrayError(
    'temporarily_unavailable',
    `The proxy ${url.host} could not connect to ${host} (${status}).`,
    { field: addressField, hint: 'Check HTTPS_PROXY, or add the host to NO_PROXY.' },
  )
}

/** Only URLs have IPv6 addresses in brackets. */
const bare = (hostname: string) => hostname.replace(/^\[(.*)\]$/, '$1')

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code })
}
