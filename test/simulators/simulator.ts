import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { alter, Faults, isUnserved, serveFault } from './faults.ts'
import { Gate } from './gate.ts'
import type { SimulatorClock } from './simulator-clock.ts'

/** A request as received, for assertions. */
export interface RecordedRequest {
  readonly method: string
  /** As sent, including the query. */
  readonly path: string
  /** Names and values alternating, in the sender's spelling. */
  readonly rawHeaders: readonly string[]
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** By the service's clock. */
  readonly at: number
}

/** The response of the simulated service. */
export interface SimulatedAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; absent for an empty response. */
  readonly body?: unknown
  /** Sent unchanged instead of `body`; its content type is among the headers. */
  readonly text?: string
  /** How long the service takes to respond; skipped if a test provides a clock. */
  readonly delayMs?: number
  /** The token issued by this response. */
  readonly token?: string
}

export interface SimulatorOptions {
  readonly port?: number
  /** PEM texts; if set, it serves https. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Called with every token before it is sent, since only the service knows its secrets. */
  readonly onToken?: (token: string) => void
  /** The clock that the service's own is offset from; real time by default. */
  readonly now?: () => number
}

/** A login whose response was passed to the operating system completely. */
interface AnsweredLogin {
  readonly token: string
  readonly at: number
}

/** The common part of all simulated services. */
export interface Simulator {
  /** Without a trailing slash. */
  readonly url: string
  readonly clock: SimulatorClock
  readonly requests: readonly RecordedRequest[]
  readonly faults: Faults
  readonly gate: Gate
  readonly answeredLogins: readonly AnsweredLogin[]
  readonly counts: Counts
  /** Resolves once that many requests have arrived, including those that get a fault. */
  arrived(count: number): Promise<void>
  /** The tokens that the service would accept now. */
  aliveTokens(): string[]
  /** When the service stops accepting a valid token, by its own clock; `null` for never. */
  endOf(token: string): number | null
  close(): Promise<void>
}

export interface Counts {
  /** Logins that issued a token. */
  logins: number
  /** Log-outs that revoked one. */
  logouts: number
  /** Requests in progress. */
  inFlight: number
  /** The highest number of concurrent logins. */
  peakLogins: number
}

export const noCounts = (): Counts => ({ logins: 0, logouts: 0, inFlight: 0, peakLogins: 0 })

/** The behaviour of one kind of service, independent of sockets. */
export interface SimulatedService {
  readonly clock: SimulatorClock
  readonly counts: Counts
  answer(request: RecordedRequest): SimulatedAnswer
  isLogin(request: RecordedRequest): boolean
  aliveTokens(): string[]
  endOf(token: string): number | null
}

/** Starts a real server on 127.0.0.1 for a service. */
export async function startSimulator(
  service: SimulatedService,
  options: SimulatorOptions,
): Promise<Simulator> {
  const { clock, counts } = service
  const requests: RecordedRequest[] = []
  const answeredLogins: AnsweredLogin[] = []
  const arrivals: { readonly count: number; readonly resolve: () => void }[] = []
  const faults = new Faults()
  const gate = new Gate()
  let loginsInFlight = 0

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await record(message, clock.now())
    requests.push(request)
    for (const { count, resolve } of arrivals) if (requests.length >= count) resolve()
    counts.inFlight += 1
    const login = service.isLogin(request) ? 1 : 0
    loginsInFlight += login
    counts.peakLogins = Math.max(counts.peakLogins, loginsInFlight)
    response.on('close', () => {
      counts.inFlight -= 1
      loginsInFlight -= login
    })
    response.sendDate = false
    response.setHeader('date', new Date(clock.now()).toUTCString())
    const fault = faults.take(request)
    if (fault && isUnserved(fault)) return serveFault(fault, response)
    const answer = service.answer(request)
    if (answer.token !== undefined) options.onToken?.(answer.token)
    if (answer.delayMs !== undefined && options.now === undefined) await delay(answer.delayMs)
    await gate.pass(request)
    if (fault?.kind === 'lost') return void response.socket?.resetAndDestroy()
    send(fault ? alter(answer, fault) : answer, response)
  }

  function send(answer: SimulatedAnswer, response: ServerResponse): void {
    const { status, headers, body, text, token } = answer
    if (token !== undefined) {
      response.on('finish', () => answeredLogins.push({ token, at: clock.now() }))
    }
    const type = body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }
    response.writeHead(status, { ...type, ...headers })
    response.end(text ?? (body === undefined ? '' : JSON.stringify(body)))
  }

  const listener = (message: IncomingMessage, response: ServerResponse) => {
    // A client that disconnects during its request needs no response.
    serve(message, response).catch(() => response.destroy())
  }
  const server = options.tls
    ? tellingWhoWantsNone(createTlsServer(options.tls, listener))
    : createServer(listener)
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    clock,
    requests,
    faults,
    gate,
    answeredLogins,
    counts,
    arrived: (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve()
        else arrivals.push({ count, resolve })
      }),
    aliveTokens: () => service.aliveTokens(),
    endOf: (token) => service.endOf(token),
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const TLS_HANDSHAKE = 0x16
const PLAIN = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n'

/** Answers plain http on an https port with an error, as Go's servers do. */
function tellingWhoWantsNone(server: TlsServer): TlsServer {
  const [begin] = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', (first: Buffer) => {
      if (first[0] !== TLS_HANDSHAKE) return void socket.end(PLAIN)
      socket.pause()
      socket.unshift(first)
      begin?.call(server, socket)
    })
  })
  return server
}

async function record(message: IncomingMessage, at: number): Promise<RecordedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(Buffer.from(chunk))
  return {
    method: message.method ?? '',
    path: message.url ?? '',
    rawHeaders: message.rawHeaders,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
    at,
  }
}
