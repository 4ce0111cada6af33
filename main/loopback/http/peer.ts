import type { Socket } from 'node:net'
import { setImmediate as endOfTurn } from 'node:timers/promises'
import type { FindOwners } from '../../base/sockets/owner-finder.ts'
import type { SoughtSocket } from '../../base/sockets/search-tables.ts'
import { findCommandLine } from '../../base/sockets/socket-process.ts'
import { type SocketAddress, toSought } from '../../base/sockets/socket-table.ts'

/** The user that a connection comes from; `unknown` if that cannot be determined. */
export type Peer = number | 'unknown'

/** The command line of the process at the other end of a loopback connection; `null` if unknown. */
export function findPeerCommandLine(socket: Socket): readonly string[] | null {
  const ends = endsOf(socket)
  return ends && findCommandLine(ends.theirs, ends.ours)
}

/** How often a connection that the kernel does not list is looked for: a reading can miss a row. */
const READINGS = 2

interface PeersPorts {
  readonly findOwners: FindOwners
  /** Called once for each connection with its user. */
  readonly found?: (socket: Socket, peer: Peer) => void
}

/** A connection that is being looked up. */
interface Sought {
  readings: number
  readonly done: Promise<void>
  readonly tell: () => void
}

/**
 * The users of many connections. Each is looked up from when it was accepted; those that arrive during a
 * reading of the kernel's tables share the next one.
 *
 * Security: a row says who owned a port when the table was read. So a reading is valid only for connections
 * accepted before it began, still open at its end, and the latest from their port. Nothing else of it is
 * kept: the next connection from the same port may be another user's.
 */
export class Peers {
  readonly #findOwners: FindOwners
  readonly #found: (socket: Socket, peer: Peer) => void
  readonly #known = new WeakMap<Socket, number>()
  readonly #sought = new Map<Socket, Sought>()
  /** The latest connection from each remote port. */
  readonly #latest = new Map<string, Socket>()
  #isReading = false

  constructor({ findOwners, found = () => undefined }: PeersPorts) {
    this.#findOwners = findOwners
    this.#found = found
  }

  /** Must be called for every connection when it is accepted. */
  accepted(socket: Socket): void {
    const end = endOf(socket)
    this.#latest.set(end, socket)
    socket.once('close', () => {
      if (this.#latest.get(end) === socket) this.#latest.delete(end)
    })
    void this.#seek(socket).then(() => {
      if (!socket.destroyed) this.#found(socket, this.of(socket))
    })
  }

  /** `null` if the user is known; else resolves once the connection was looked up. */
  lookUp(socket: Socket): Promise<void> | null {
    if (this.#known.has(socket)) return null
    return this.#sought.get(socket)?.done ?? this.#seek(socket)
  }

  /** The result of the look-ups. */
  of(socket: Socket): Peer {
    return this.#known.get(socket) ?? 'unknown'
  }

  #seek(socket: Socket): Promise<void> {
    let tell = () => {}
    const done = new Promise<void>((resolve) => {
      tell = resolve
    })
    this.#sought.set(socket, { readings: 0, done, tell })
    if (!this.#isReading) void this.#readAll()
    return done
  }

  /** One reading after the other until nothing is sought. */
  async #readAll(): Promise<void> {
    this.#isReading = true
    while (this.#sought.size > 0) await this.#read([...this.#sought])
    this.#isReading = false
  }

  async #read(all: readonly (readonly [Socket, Sought])[]): Promise<void> {
    const asked = all.flatMap(([socket, sought]) => {
      const row = this.#isCurrent(socket) ? toRow(socket) : null
      if (row) return { socket, sought, row }
      this.#isDone(socket, sought)
      return []
    })
    if (asked.length === 0) return
    const owners = await this.#findOwners(asked.map(({ row }) => row))
    // Whatever became of a connection during the reading is noticed by then.
    await endOfTurn()
    for (const [at, { socket, sought }] of asked.entries()) {
      const owner = this.#isCurrent(socket) ? owners[at] : null
      sought.readings += 1
      if (typeof owner === 'number') this.#known.set(socket, owner)
      else if (sought.readings < READINGS && !socket.destroyed) continue
      this.#isDone(socket, sought)
    }
  }

  #isDone(socket: Socket, { tell }: Sought): void {
    this.#sought.delete(socket)
    tell()
  }

  #isCurrent(socket: Socket): boolean {
    return !socket.destroyed && this.#latest.get(endOf(socket)) === socket
  }
}

interface Ends {
  readonly theirs: SocketAddress
  readonly ours: SocketAddress
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): Ends | null {
  if (!remoteAddress || !localAddress || !remotePort || !localPort) return null
  const theirs = { address: remoteAddress, port: remotePort }
  return { theirs, ours: { address: localAddress, port: localPort } }
}

function toRow(socket: Socket): SoughtSocket | null {
  const ends = endsOf(socket)
  return ends && toSought(ends.theirs, ends.ours)
}

const endOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`
