import type { Socket } from 'node:net'
import type { Peer } from './peer.ts'

/**
 * Keeps other users from taking all connections of a server: once they are identified, only `most` of
 * their connections stay open, which the guard then refuses. This grants no access.
 */
export function keepFew(uid: number, most: number): (socket: Socket, peer: Peer) => void {
  const others = new Set<Socket>()
  return (socket, peer) => {
    if (peer === uid) return
    if (others.size >= most) {
      socket.destroy()
      return
    }
    others.add(socket)
    socket.once('close', () => others.delete(socket))
  }
}
