import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Clock, LONGEST_DELAY, systemClock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { type Failure, toFailure } from './answers.ts'
import { Guard, MOST_HEADERS, type Refusal } from './guard.ts'
import { keepFew } from './limit-other-users.ts'
import { portOf } from './listening.ts'
import { Peers } from './peer.ts'
import { Places } from './places.ts'
import { endWith, toHttpText } from './raw-response.ts'
import { SlowCallers } from './slow-callers.ts'

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void

/** The code of an error of ours, beside those of Node's parser. */
const TOO_SLOW = 'TOO_SLOW'

/** How long the endpoint waits for a caller, and how many there may be. */
export interface ServerLimits {
  /** Until the headers of a request are there. */
  readonly headersMs: number
  /** Until the whole request is there. */
  readonly requestMs: number
  /** Until the next request of a connection. */
  readonly idleMs: number
  /** How long a caller may go on talking after its connection was answered for the last time. */
  readonly lingerMs: number
  readonly connections: number
  /** How many places other users may hold, to be told that they are refused. */
  readonly strangers: number
}

export const defaultLimits: ServerLimits = {
  headersMs: 10_000,
  requestMs: 15_000,
  idleMs: 30_000,
  lingerMs: 1_000,
  connections: 4_096,
  strangers: 16,
}

export interface GuardedServer {
  readonly server: Server
  /** Hangs up on every caller whose requests have all been answered, and who has sent nothing since. */
  closeIdle(): void
}

/**
 * A server with the guard in front of its router. Whatever Node would answer by itself (parser
 * errors, `Expect`, `CONNECT`) is answered here, in the same shape as everything else. An offer to
 * upgrade is served as if it were none, which is what Node does while nobody listens for upgrades.
 */
export function createGuardedServer(
  route: RequestHandler,
  limits: ServerLimits,
  log: Log,
  clock: Clock = systemClock,
): GuardedServer {
  const server = createServer({
    // Security: said outright, because NODE_OPTIONS may say otherwise.
    insecureHTTPParser: false,
    maxHeaderSize: 16 * 1024,
    requireHostHeader: false,
    // Node would look for slow requests as long as it listens, whether or not anybody is there.
    headersTimeout: 0,
    requestTimeout: 0,
    connectionsCheckingInterval: LONGEST_DELAY,
    keepAliveTimeout: limits.idleMs,
  })
  // Security: beyond this Node forgets headers silently; the guard refuses long before.
  server.maxHeadersCount = 2 * MOST_HEADERS
  const places = new Places(server, limits.connections)
  server.on('error', (error) => {
    if (server.listening) log.error('the loopback server failed', { error })
  })

  const uid = process.platform === 'linux' ? (process.getuid?.() ?? null) : null
  const peers = uid === null ? null : new Peers({ found: keepFew(uid, limits.strangers) })
  if (peers) server.on('connection', (socket: Socket) => peers.accepted(socket))
  const findPeer = (socket: Socket) => peers?.of(socket) ?? 'unknown'
  let guard: Guard | null = null
  server.on('listening', () => {
    guard = new Guard({ port: portOf(server), uid, findPeer })
  })
  const check = (request: IncomingMessage): Refusal | null =>
    guard ? guard.check(request) : { code: 'request_refused', message: 'Not yet.' }

  /** The latest response on each connection, so that no other answer is written into it. */
  const latest = new WeakMap<Duplex, ServerResponse>()
  const handle: RequestHandler = (request, response) => {
    latest.set(request.socket, response)
    places.begins(request, response)
    slow.begins(request, response)
    const admit = () => {
      if (request.socket.destroyed) return
      const refusal = check(request)
      if (refusal) refuse(response, toRefused(refusal, request.url))
      else route(request, response)
    }
    const known = peers?.lookUp(request.socket)
    if (known) void known.then(admit)
    else admit()
  }
  server.on('request', handle)
  server.on('checkContinue', (request, response) => {
    continueOnceRead(request, response)
    handle(request, response)
  })
  server.on('checkExpectation', handle)
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    void peers?.lookUp(request.socket)
    const refusal = check(request) ?? { code: 'request_refused', message: 'This is no proxy.' }
    slow.leaves(socket)
    endWith(socket, toHttpText(toRefused(refusal)), limits.lingerMs)
  })

  const ended = new WeakSet<Duplex>()
  const failed = (error: NodeJS.ErrnoException, socket: Duplex) => {
    // The parser complains of every further piece, and of connections that are gone.
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
    // To Node one that has sent nothing yet is busy with its first request.
    places.leaveSilent()
    server.closeIdleConnections()
  }
  return { server, closeIdle }
}

/**
 * Asks for the body of a request with `Expect: 100-continue` when the router begins to read it. What
 * is refused before that gets its answer instead and the connection ends with it, because nobody knows
 * whether the body still comes (RFC 9110 10.1.1).
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

/** True when the request that fails has its answer already, or another answer is on its way out. */
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

/** The guard speaks before there are routes: of a target it only matters whose rules its answers keep. */
function toRefused({ code, message }: Refusal, target = '/'): Failure {
  return toFailure(new TokentrayError(code, message), target, 0)
}

/** The rest of the request is not read: the connection ends with the answer. */
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
