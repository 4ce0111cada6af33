import type { Socket } from 'node:net'
import type { Peer } from './peer.ts'

/**
 * Keeps other users from taking all the places of a server: as soon as they are found out, only so many
 * of their connections are left, to be told by the guard that they are refused. Nobody is let in here.
 */
export function keepFew(uid: number, most: number): (socket: Socket, peer: Peer) => void {
  const strangers = new Set<Socket>()
  return (socket, peer) => {
    if (peer === uid) return
    if (strangers.size >= most) {
      socket.destroy()
      return
    }
    strangers.add(socket)
    socket.once('close', () => strangers.delete(socket))
  }
}
