import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Clock, LONGEST_DELAY, systemClock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { OwnerFinder, type OwnerThread } from '../../base/sockets/owner-finder.ts'
import { type Failure, toFailure } from './answers.ts'
import { Guard, hostsOfPort, isHostOfSocket, MOST_HEADERS, type Refusal } from './guard.ts'
import { keepFew } from './limit-other-users.ts'
import { portOf } from './listening.ts'
import { Peers } from './peer.ts'
import { Places } from './places.ts'
import { endWith, toHttpText } from './raw-response.ts'
import { SlowCallers } from './slow-callers.ts'

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void

/** Our own error code, in addition to those of Node's parser. */
const TOO_SLOW = 'TOO_SLOW'

/** How long the endpoint waits for callers, and how many it serves. */
export interface ServerLimits {
  /** Until the headers of a request have arrived. */
  readonly headersMs: number
  /** Until the whole request has arrived. */
  readonly requestMs: number
  /** Until the next request of a connection. */
  readonly idleMs: number
  /** How long a caller may keep sending after the last response of its connection. */
  readonly lingerMs: number
  readonly connections: number
  /** How many connections other users may have, only to be refused. */
  readonly otherUsers: number
}

export const defaultLimits: ServerLimits = {
  headersMs: 10_000,
  requestMs: 15_000,
  idleMs: 30_000,
  lingerMs: 1_000,
  connections: 4_096,
  otherUsers: 16,
}

/**
 * What a server listens on. Everybody on this machine can connect to a port; who can connect to a Unix
 * socket has been decided by the modes of its folder.
 */
type ListensOn = 'port' | 'socket'

export interface GuardedServer {
  readonly server: Server
  /** Closes every connection that is idle: all its requests answered, and nothing sent since. */
  closeIdle(): void
}

interface GuardedServerOptions {
  readonly clock?: Clock
  readonly listensOn?: ListensOn
  readonly startThread?: () => OwnerThread
}

/**
 * A server with the guard in front of its router. What Node would answer by itself (parser errors,
 * `Expect`, `CONNECT`) is answered here, in the usual format. An offer to upgrade is ignored and the
 * request served, which is what Node does without a listener for upgrades.
 */
export function createGuardedServer(
  route: RequestHandler,
  limits: ServerLimits,
  log: Log,
  { clock = systemClock, listensOn = 'port', startThread }: GuardedServerOptions = {},
): GuardedServer {
  const server = createServer({
    // Security: explicit, because NODE_OPTIONS can change the default.
    insecureHTTPParser: false,
    maxHeaderSize: 16 * 1024,
    requireHostHeader: false,
    // Node would check for slow requests for as long as it listens, even without a connection.
    headersTimeout: 0,
    requestTimeout: 0,
    connectionsCheckingInterval: LONGEST_DELAY,
    keepAliveTimeout: limits.idleMs,
  })
  // Security: Node silently drops headers above this; the guard refuses long before.
  server.maxHeadersCount = 2 * MOST_HEADERS
  const places = new Places(server, limits.connections)
  server.on('error', (error) => {
    if (server.listening) log.error('the loopback server failed', { error })
  })

  const isPort = listensOn === 'port'
  const uid = isPort && process.platform === 'linux' ? (process.getuid?.() ?? null) : null
  const owners = new OwnerFinder({
    clock,
    failed: (error) => log.error('the users of connections are unknown', { error }),
    ...(startThread && { start: startThread }),
  })
  const peers = uid === null ? null : watchPeers(server, uid, limits.otherUsers, owners)
  const findPeer = (socket: Socket) => peers?.of(socket) ?? 'unknown'
  let guard: Guard | null = null
  server.on('listening', () => {
    const isOwnHost = isPort ? hostsOfPort(portOf(server)) : isHostOfSocket
    guard = new Guard({ isOwnHost, uid, findPeer })
  })
  const check = (request: IncomingMessage): Refusal | null =>
    guard ? guard.check(request) : { code: 'request_refused', message: 'The endpoint is starting.' }

  const onceKnown = (socket: Socket, admit: () => void) => {
    const known = peers?.lookUp(socket)
    if (known) void known.then(() => socket.destroyed || admit())
    else if (!socket.destroyed) admit()
  }

  /** The latest response on each connection, so that no other one is written into it. */
  const latest = new WeakMap<Duplex, ServerResponse>()
  const handle: RequestHandler = (request, response) => {
    latest.set(request.socket, response)
    places.begins(request, response)
    slow.begins(request, response)
    onceKnown(request.socket, () => {
      const refusal = check(request)
      if (refusal) refuse(response, toRefused(refusal, request.url))
      else route(request, response)
    })
  }
  server.on('request', handle)
  server.on('checkContinue', (request, response) => {
    continueOnceRead(request, response)
    handle(request, response)
  })
  server.on('checkExpectation', handle)
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    // Node has removed its own listener; without one a reset crashes the process.
    socket.on('error', () => socket.destroy())
    onceKnown(request.socket, () => {
      const refusal = check(request) ?? {
        code: 'request_refused',
        message: 'This endpoint is not a proxy.',
      }
      slow.leaves(socket)
      endWith(socket, toHttpText(toRefused(refusal)), limits.lingerMs)
    })
  })

  const ended = new WeakSet<Duplex>()
  const failed = (error: NodeJS.ErrnoException, socket: Duplex) => {
    // The parser also reports every further chunk, and connections that are closed.
    if (ended.has(socket)) return
    if (error.code === 'ECONNRESET' || !socket.writable || hasAnswered(latest.get(socket))) {
      socket.destroy()
      return
    }
    ended.add(socket)
    slow.leaves(socket)
    endWith(socket, toHttpText(toParserFailure(error)), limits.lingerMs)
  }
  server.on('clientError', failed)
  const slow = new SlowCallers(server, limits, clock, (socket) =>
    failed(Object.assign(new Error('too slow'), { code: TOO_SLOW }), socket),
  )
  const closeIdle = () => {
    // For Node, a connection that has sent nothing is busy with its first request.
    places.leaveSilent()
    server.closeIdleConnections()
  }
  return { server, closeIdle }
}

/** Looks up the user of each connection to the server, and keeps few of other users. */
function watchPeers(server: Server, uid: number, otherUsers: number, owners: OwnerFinder): Peers {
  server.on('close', () => owners.close())
  const peers = new Peers({ findOwners: owners.find, found: keepFew(uid, otherUsers) })
  server.on('connection', (socket: Socket) => peers.accepted(socket))
  return peers
}

/**
 * Sends `100 Continue` to a request with `Expect: 100-continue` when the router begins to read its
 * body. A request refused before that gets its error instead, and the connection is closed, because
 * the body may or may not follow (RFC 9110 10.1.1).
 */
function continueOnceRead(request: IncomingMessage, response: ServerResponse): void {
  const { shouldKeepAlive } = response
  response.shouldKeepAlive = false
  request.once('resume', () => {
    if (response.headersSent) return
    response.shouldKeepAlive = shouldKeepAlive
    response.writeContinue()
  })
}

/** True if the failed request already has its response, or another response is being written. */
function hasAnswered(response: ServerResponse | undefined): boolean {
  return response?.headersSent === true && !(response.writableFinished && response.req.complete)
}

function toParserFailure({ code }: NodeJS.ErrnoException): Failure {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return toRefused({ code: 'payload_too_large', message: 'The headers are too large.' })
  }
  const message = code === TOO_SLOW ? 'The request came too slowly.' : 'This is not HTTP.'
  return toRefused({ code: 'invalid_request', message })
}

/** The guard answers before routing: of the target, only the error format to use matters. */
function toRefused({ code, message }: Refusal, target = '/'): Failure {
  return toFailure(new TokentrayError(code, message), target, 0)
}

/** The rest of the request is not read: the connection is closed after the response. */
function refuse(response: ServerResponse, { status, headers, body }: Failure): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  })
  response.end(text)
}
