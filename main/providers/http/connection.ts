import { type ClientRequest, request as httpRequest } from 'node:http'
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type SecureContext } from 'node:tls'
import type { Clock } from '../../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import { addressField } from './base-url.ts'
import type { WebProxy } from './proxy.ts'

/** Whom a service's certificate has to come from, and what was agreed with it before. */
export interface Trust {
  /** Left out: the usual authorities. */
  readonly secureContext?: SecureContext
  /** TLS sessions by the name of the host, so that the next handshake is shorter. */
  readonly sessions: Map<string, Buffer>
}

export interface ConnectOptions {
  readonly url: URL
  readonly trust: Trust
  /** The one to go through, if any. */
  readonly proxy: WebProxy | undefined
  readonly lookup: LookupFunction
  readonly clock: Clock
  /** For each of: TCP connection, TLS handshake. The proxy's answer has as long as the call has. */
  readonly connectMs: number
  /** Breaks off what is under way, at any moment of it. */
  readonly signal: AbortSignal
}

const MOST_SESSIONS = 100

/**
 * A connection to the host of this URL, encrypted if that is https. One try: what fails rejects, and
 * leaves no socket behind.
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
    // No name but that of a host may stand there (RFC 6066 3).
    ...(isIP(host) === 0 && { servername: host }),
    ...(secureContext && { secureContext }),
    ...(session && { session }),
    ALPNProtocols: ['http/1.1'],
    // Security: said here so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch it off.
    rejectUnauthorized: true,
  })
  socket.on('session', (fresh: Buffer) => {
    const [oldest] = sessions.keys()
    if (sessions.size >= MOST_SESSIONS && oldest !== undefined) sessions.delete(oldest)
    sessions.set(host, fresh)
  })
  return established(socket, 'secureConnect', options)
}

/** Resolves to the socket once it is there; on any other end it is destroyed. */
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
      // Later ones belong to whoever uses it then, and must never be nobody's.
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
  const asking = httpRequest({
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
    const { status, tunnel } = await answered(asking, options.signal)
    if (status >= 200 && status < 300) return tunnel
    throw refused(proxy, status, url.host)
  } catch (error) {
    socket.destroy()
    if (isTokentrayError(error)) throw error
    throw new TokentrayError(
      'temporarily_unavailable',
      `The proxy ${proxy.url.host} closed the connection without an answer.`,
      { hint: `Check HTTPS_PROXY, or name ${url.hostname} in NO_PROXY.` },
    )
  }
}

/** A proxy has no authority of its own to name: the usual ones count. */
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

function answered(
  asking: ClientRequest,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly tunnel: Duplex }> {
  return new Promise((resolve, reject) => {
    const gone = () => asking.destroy(withCode('UND_ERR_ABORTED'))
    signal.addEventListener('abort', gone, { once: true })
    asking.on('error', reject)
    asking.once('close', () => {
      signal.removeEventListener('abort', gone)
      reject(withCode('ECONNRESET'))
    })
    asking.once('connect', ({ statusCode = 0 }, tunnel: Duplex, head: Buffer) => {
      signal.removeEventListener('abort', gone)
      // What came together with the answer is the first of what the host says.
      if (head.length > 0) tunnel.unshift(head)
      resolve({ status: statusCode, tunnel })
    })
    if (signal.aborted) gone()
    asking.end()
  })
}

function refused({ url, authorization }: WebProxy, status: number, host: string): TokentrayError {
  if (status === 407) {
    return new TokentrayError(
      'temporarily_unavailable',
      authorization === undefined
        ? `The proxy ${url.host} wants a user name and a password.`
        : `The proxy ${url.host} does not accept the user name and password in HTTPS_PROXY.`,
      { hint: 'Set HTTPS_PROXY like http://name:password@proxy.example.com:3128.' },
    )
  }
  return new TokentrayError(
    'temporarily_unavailable',
    `The proxy ${url.host} did not connect to ${host} (status ${status}).`,
    { field: addressField, hint: 'Check HTTPS_PROXY, or name the host in NO_PROXY.' },
  )
}

/** IPv6 addresses stand in brackets in a URL, and nowhere else. */
const bare = (hostname: string) => hostname.replace(/^\[(.*)\]$/, '$1')

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code })
}
