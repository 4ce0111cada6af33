import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../base/clock.ts'

/** How much longer than it was told Node keeps a connection that says nothing. */
const NODES_GRACE_MS = 1_000

interface Patience {
  /** Until the headers of a request are there. */
  readonly headersMs: number
  /** Until the whole request is there. */
  readonly requestMs: number
  /** Until the next request of a connection; Node itself hangs up on one that says nothing. */
  readonly idleMs: number
}

/** What one connection has to finish in time. */
interface CallerState {
  readonly socket: Socket
  /** When what is not there in full began; `null` for one that has its answer and says nothing. */
  since: number | null
  /** The latest request whose headers are there. */
  request: IncomingMessage | null
  /** When it was last seen with nothing under way. */
  idleSince: number
  /** How much it had sent when its latest answer was given. */
  bytes: number
}

/**
 * Finds connections that take longer for a request than they may. Node's own look-out for these goes
 * round for as long as a server listens; this one has a timer only while there is a connection.
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

  /** Must be told when the headers of a request are there. */
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

  /** Must be told when a connection is being ended, or is no HTTP any more: it is looked at no longer. */
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
    // All of it is there: what it waits for is our answer.
    if (request?.complete) {
      standing.since = null
      return false
    }
    if (since !== null) return now - since >= (request ? requestMs : headersMs)
    // Something of a next request has come.
    if (socket.bytesRead > bytes) standing.since = now
    // In case that it had come together with the one before, and Node waits for the rest of it.
    return now - idleSince >= idleMs + NODES_GRACE_MS + headersMs
  }
}
