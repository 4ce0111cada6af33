import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Files that this process opens, besides connections of callers. */
const OTHER_FILES = 256

/** Those that share the rest: one on the port, one on the Unix socket. */
const SERVERS = 2

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * Limits the connections of a server. At the limit, a new caller replaces another connection at once:
 * the oldest without a request; else the one that has been idle longest after its response; else the
 * oldest with an incomplete request. Complete requests are answered: if all connections have one, the
 * new caller is refused.
 */
export class Places {
  readonly #most: number
  /** Connections without a request so far, oldest first. */
  readonly #silent = new Set<Socket>()
  /** Those whose requests have all been answered, longest idle first. */
  readonly #idle = new Set<Socket>()
  /** Unanswered requests, by connection. */
  readonly #busy = new Map<Socket, Set<Exchange>>()

  constructor(server: Server, wanted: number) {
    this.#most = Math.min(wanted, roomForConnections())
    server.on('connection', (socket: Socket) => this.#admit(socket))
  }

  /** Must be called when the headers of a request have arrived. */
  begins(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    this.#silent.delete(socket)
    this.#idle.delete(socket)
    const exchange = { request, response }
    const exchanges = this.#busy.get(socket) ?? new Set()
    this.#busy.set(socket, exchanges.add(exchange))
    response.once('close', () => {
      exchanges.delete(exchange)
      if (exchanges.size > 0 || this.#busy.get(socket) !== exchanges) return
      this.#busy.delete(socket)
      if (!socket.destroyed) this.#idle.add(socket)
    })
  }

  /** Closes connections that have sent nothing. */
  leaveSilent(): void {
    for (const socket of this.#silent) if (socket.bytesRead === 0) socket.destroy()
  }

  #admit(socket: Socket): void {
    socket.once('close', () => {
      for (const place of [this.#silent, this.#idle, this.#busy]) place.delete(socket)
    })
    if (this.#silent.size + this.#idle.size + this.#busy.size >= this.#most) {
      const leaving = first(this.#silent) ?? first(this.#idle) ?? this.#unfinished() ?? socket
      for (const place of [this.#silent, this.#idle, this.#busy]) place.delete(leaving)
      leaving.destroy()
    }
    if (!socket.destroyed) this.#silent.add(socket)
  }

  #unfinished(): Socket | undefined {
    for (const [socket, exchanges] of this.#busy) {
      const all = [...exchanges]
      if (all.every(({ request, response }) => !request.complete && !response.headersSent)) {
        return socket
      }
    }
    return undefined
  }
}

const first = (sockets: ReadonlySet<Socket>): Socket | undefined => sockets.values().next().value

/** How many connections one of its servers can have, by this process's limit of open files. */
function roomForConnections(): number {
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1')
    const files = Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY)
    return Math.floor(Math.max(files - OTHER_FILES, files / 2) / SERVERS)
  } catch {
    // /proc cannot be read.
    return Number.POSITIVE_INFINITY
  }
}
