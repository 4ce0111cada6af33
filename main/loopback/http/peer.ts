import type { Socket } from 'node:net'
import { findCommandLine } from '../../base/sockets/socket-process.ts'
import { findSocketOwner, type ReadTable, readEachOnce } from '../../base/sockets/socket-table.ts'

/** The user that a connection comes from; `unknown` where that cannot be seen. */
export type Peer = number | 'unknown'

/** Who holds the other end of a loopback connection. */
export function findPeer(socket: Socket, read?: ReadTable): Peer {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  if (!remoteAddress || !localAddress || !remotePort || !localPort) return 'unknown'
  const theirs = { address: remoteAddress, port: remotePort }
  const ours = { address: localAddress, port: localPort }
  return findSocketOwner(theirs, ours, read) ?? 'unknown'
}

/** The command line of who holds the other end of a loopback connection; `null` where that cannot be seen. */
export function findPeerCommandLine(socket: Socket): readonly string[] | null {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  if (!remoteAddress || !localAddress || !remotePort || !localPort) return null
  const theirs = { address: remoteAddress, port: remotePort }
  return findCommandLine(theirs, { address: localAddress, port: localPort })
}

/** Who has asked nothing is looked up this long after having come, together with others. */
const SETTLE_MS = 50
/** Reading the tables takes long where there are many sockets: then no more than a third of the time. */
const PAUSES = 2

interface PeersPorts {
  /** Reads the kernel's tables anew. */
  readonly createReader?: () => ReadTable
  /** Told of each connection, once, whose it was found to be. */
  readonly found?: (socket: Socket, peer: Peer) => void
}

/**
 * Whose the other ends of many connections are: those that come together are looked up in one reading
 * of the kernel's tables.
 *
 * Security: a row says whose an end was when the table was read, so it vouches only for connections
 * that had been accepted by then, and only for the last one from that end. Nothing is kept of a
 * reading but what it says of these: the next connection from there may be somebody else's.
 */
export class Peers {
  readonly #createReader: () => ReadTable
  readonly #found: (socket: Socket, peer: Peer) => void
  readonly #known = new WeakMap<Socket, number>()
  /** Accepted, and in no reading so far. */
  readonly #sought = new Set<Socket>()
  /** Of these, who came since the last reading. */
  #fresh: Socket[] = []
  /** The latest connection from each end. */
  readonly #latest = new Map<string, Socket>()
  #waiting: { readonly socket: Socket; readonly tell: () => void }[] = []
  #notBefore = Number.NEGATIVE_INFINITY
  #next: { readonly at: number; readonly timer: NodeJS.Timeout } | null = null

  constructor({ createReader = readEachOnce, found = () => undefined }: PeersPorts = {}) {
    this.#createReader = createReader
    this.#found = found
  }

  /** Must be told of every connection when it is accepted. */
  accepted(socket: Socket): void {
    const end = endOf(socket)
    this.#latest.set(end, socket)
    this.#sought.add(socket)
    this.#fresh.push(socket)
    socket.once('close', () => {
      this.#sought.delete(socket)
      if (this.#latest.get(end) === socket) this.#latest.delete(end)
    })
    this.#lookIn(SETTLE_MS)
  }

  /** Looks the connection up: at once, which is `null`, or as soon as the pauses allow. */
  lookUp(socket: Socket): Promise<void> | null {
    if (this.#known.has(socket)) return null
    if (performance.now() >= this.#notBefore) {
      this.#look([socket])
      return null
    }
    return new Promise((tell) => {
      this.#waiting.push({ socket, tell })
      this.#lookIn(0)
    })
  }

  /** What the look-ups have shown. */
  of(socket: Socket): Peer {
    return this.#known.get(socket) ?? 'unknown'
  }

  #lookIn(ms: number): void {
    const now = performance.now()
    const at = Math.max(now + ms, this.#notBefore)
    if (this.#next) {
      if (this.#next.at <= at) return
      clearTimeout(this.#next.timer)
    }
    const timer = setTimeout(() => this.#look(this.#waiting.map(({ socket }) => socket)), at - now)
    this.#next = { at, timer: timer.unref() }
  }

  #look(asking: readonly Socket[]): void {
    if (this.#next) clearTimeout(this.#next.timer)
    this.#next = null
    const startedAt = performance.now()
    this.#read()
    // The kernel prints the table in pieces, and a row can slip through between two of them.
    if (asking.some((socket) => !this.#known.has(socket))) this.#read()
    const now = performance.now()
    this.#notBefore = now + PAUSES * (now - startedAt)
    const [fresh, waiting] = [this.#fresh, this.#waiting]
    this.#fresh = []
    this.#waiting = []
    for (const socket of fresh) if (!socket.destroyed) this.#found(socket, this.of(socket))
    for (const { tell } of waiting) tell()
  }

  #read(): void {
    const read = this.#createReader()
    for (const socket of this.#sought) {
      if (this.#latest.get(endOf(socket)) !== socket) continue
      const peer = findPeer(socket, read)
      if (peer === 'unknown') continue
      this.#known.set(socket, peer)
      this.#sought.delete(socket)
    }
  }
}

const endOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`
