import type { Socket } from 'node:net'
import { findCommandLine } from '../../base/sockets/socket-process.ts'
import { findSocketOwner, type ReadTable, readEachOnce } from '../../base/sockets/socket-table.ts'

/** The user that a connection comes from; `unknown` if that cannot be determined. */
export type Peer = number | 'unknown'

/** The user at the other end of a loopback connection. */
export function findPeer(socket: Socket, read?: ReadTable): Peer {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  if (!remoteAddress || !localAddress || !remotePort || !localPort) return 'unknown'
  const theirs = { address: remoteAddress, port: remotePort }
  const ours = { address: localAddress, port: localPort }
  return findSocketOwner(theirs, ours, read) ?? 'unknown'
}

/** The command line of the process at the other end of a loopback connection; `null` if unknown. */
export function findPeerCommandLine(socket: Socket): readonly string[] | null {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  if (!remoteAddress || !localAddress || !remotePort || !localPort) return null
  const theirs = { address: remoteAddress, port: remotePort }
  return findCommandLine(theirs, { address: localAddress, port: localPort })
}

/** A connection without a request is looked up after this time, together with others. */
const SETTLE_MS = 50
/** With many sockets, reading the tables is slow: at most a third of the time is spent on it. */
const PAUSES = 2

interface PeersPorts {
  /** Reads the kernel's tables again. */
  readonly createReader?: () => ReadTable
  /** Called once for each connection with its user. */
  readonly found?: (socket: Socket, peer: Peer) => void
}

/**
 * The users of many connections: connections that arrive together are looked up in one reading of the
 * kernel's tables.
 *
 * Security: a row says who owned a port when the table was read, so it is valid only for connections
 * accepted before then, and only for the latest one from that port. Nothing else of a reading is kept:
 * the next connection from the same port may be another user's.
 */
export class Peers {
  readonly #createReader: () => ReadTable
  readonly #found: (socket: Socket, peer: Peer) => void
  readonly #known = new WeakMap<Socket, number>()
  /** Accepted, and not yet found in a reading. */
  readonly #sought = new Set<Socket>()
  /** Those of them accepted since the last reading. */
  #fresh: Socket[] = []
  /** The latest connection from each remote port. */
  readonly #latest = new Map<string, Socket>()
  #waiting: { readonly socket: Socket; readonly tell: () => void }[] = []
  #notBefore = Number.NEGATIVE_INFINITY
  #next: { readonly at: number; readonly timer: NodeJS.Timeout } | null = null

  constructor({ createReader = readEachOnce, found = () => undefined }: PeersPorts = {}) {
    this.#createReader = createReader
    this.#found = found
  }

  /** Must be called for every connection when it is accepted. */
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

  /** Looks the connection up: `null` if that was done at once, else when the pauses allow. */
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

  /** The result of the look-ups. */
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
    // The kernel prints the table in pieces, and can miss a row between two of them.
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
