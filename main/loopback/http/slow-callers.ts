import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../base/clock.ts'

/** How much longer than its timeout Node keeps an idle connection. */
const NODES_GRACE_MS = 1_000

interface Patience {
  /** Until the headers of a request have arrived. */
  readonly headersMs: number
  /** Until the whole request has arrived. */
  readonly requestMs: number
  /** Until the next request of a connection; Node itself closes an idle one. */
  readonly idleMs: number
}

/** The state of one connection. */
interface CallerState {
  readonly socket: Socket
  /** When the incomplete request began; `null` if the connection is idle after a response. */
  since: number | null
  /** The latest request whose headers have arrived. */
  request: IncomingMessage | null
  /** When it was last seen idle. */
  idleSince: number
  /** How many bytes it had sent at its latest response. */
  bytes: number
}

/**
 * Finds connections that take too long to send a request. Node's own check runs for as long as a server
 * listens; this one has a timer only while there is a connection.
 */
export class SlowCallers {
  readonly #patience: Patience
  readonly #clock: Clock
  readonly #tooSlow: (socket: Socket) => void
  readonly #states = new Map<Duplex, CallerState>()
  #cancel: (() => void) | null = null

  constructor(server: Server, patience: Patience, clock: Clock, tooSlow: (socket: Socket) => void) {
    this.#patience = patience
    this.#clock = clock
    this.#tooSlow = tooSlow
    server.on('connection', (socket: Socket) => this.#admit(socket))
  }

  /** Must be called when the headers of a request have arrived. */
  begins(request: IncomingMessage, response: ServerResponse): void {
    const standing = this.#states.get(request.socket)
    if (!standing) return
    if (standing.request?.complete) standing.since = null
    standing.request = request
    standing.since ??= this.#clock.monotonic()
    response.once('close', () => {
      if (standing.request !== request || !request.complete) return
      const now = this.#clock.monotonic()
      const { bytesRead: bytes } = request.socket
      Object.assign(standing, { request: null, since: null, idleSince: now, bytes })
    })
  }

  /** Must be called when a connection is closing or no longer HTTP, which ends the checks of it. */
  leaves(socket: Duplex): void {
    this.#states.delete(socket)
    if (this.#states.size > 0) return
    this.#cancel?.()
    this.#cancel = null
  }

  #admit(socket: Socket): void {
    const now = this.#clock.monotonic()
    this.#states.set(socket, { socket, since: now, request: null, idleSince: now, bytes: 0 })
    socket.once('close', () => this.leaves(socket))
    this.#cancel ??= this.#arm()
  }

  #arm(): () => void {
    return this.#clock.after(Math.ceil(this.#patience.headersMs / 4), () => {
      this.#cancel = this.#arm()
      const now = this.#clock.monotonic()
      for (const standing of this.#states.values()) {
        if (this.#isTooSlow(standing, now)) this.#tooSlow(standing.socket)
      }
    })
  }

  #isTooSlow(standing: CallerState, now: number): boolean {
    const { headersMs, requestMs, idleMs } = this.#patience
    const { socket, request, since, idleSince, bytes } = standing
    // The request is complete: the connection waits for our response.
    if (request?.complete) {
      standing.since = null
      return false
    }
    if (since !== null) return now - since >= (request ? requestMs : headersMs)
    // Part of the next request has arrived.
    if (socket.bytesRead > bytes) standing.since = now
    // It may have arrived together with the previous one, and Node waits for the rest of it.
    return now - idleSince >= idleMs + NODES_GRACE_MS + headersMs
  }
}
