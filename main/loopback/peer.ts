import type { Socket } from 'node:net'
import { findSocketOwner, type ReadTable } from '../base/socket-table.ts'

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
