import type { Socket } from 'node:net'
import { findSocketOwner, type ReadTable, readEachOnce } from '../base/socket-table.ts'

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

const FRESH_MS = 100

/**
 * The same for many connections: those that come together are looked up in one reading of the
 * kernel's tables, which takes milliseconds where there are thousands of sockets.
 *
 * Security: a row vouches for one connection only, and not for long. The next connection between the
 * same two ends may be somebody else's, and is looked up anew.
 */
export class Peers {
  readonly #createReader: () => ReadTable
  #read: ReadTable
  #readAt = Number.NEGATIVE_INFINITY
  readonly #used = new Set<string>()

  constructor(createReader: () => ReadTable = readEachOnce) {
    this.#createReader = createReader
    this.#read = createReader()
  }

  find(socket: Socket): Peer {
    const ends = `${socket.remoteAddress} ${socket.remotePort}`
    if (performance.now() - this.#readAt > FRESH_MS || this.#used.has(ends)) this.#readAnew()
    let peer = findPeer(socket, this.#read)
    if (peer === 'unknown') {
      this.#readAnew()
      peer = findPeer(socket, this.#read)
    }
    this.#used.add(ends)
    return peer
  }

  #readAnew(): void {
    this.#read = this.#createReader()
    this.#readAt = performance.now()
    this.#used.clear()
  }
}
