import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Files that this process opens besides the connections of its callers. */
const OTHER_FILES = 256

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * Gives out the places of a server. When all are taken, somebody makes room for the next caller at
 * once: the oldest connection that has not asked anything yet; else the one that waits for longest
 * after its answer; else the oldest whose request is not there in full. What was asked for in full is
 * answered: if all places are held by that, it is the newcomer who has to go.
 */
export class Places {
  readonly #most: number
  /** Connections from which no request has come yet, the oldest first. */
  readonly #silent = new Set<Socket>()
  /** Those whose requests have all been answered, the longest waiting first. */
  readonly #idle = new Set<Socket>()
  /** Requests that are not answered yet, by connection. */
  readonly #busy = new Map<Socket, Set<Exchange>>()

  constructor(server: Server, wanted: number) {
    this.#most = Math.min(wanted, roomForConnections())
    server.on('connection', (socket: Socket) => this.#admit(socket))
  }

  /** Must be told when the headers of a request are there. */
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

  /** Hangs up on who has connected and sent nothing. */
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

/** How many connections this process can have open besides all else, by its limit of open files. */
function roomForConnections(): number {
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1')
    const files = Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY)
    return Math.max(files - OTHER_FILES, Math.ceil(files / 2))
  } catch {
    // /proc is hidden from us.
    return Number.POSITIVE_INFINITY
  }
}
