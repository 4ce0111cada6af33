import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { readEachOnce } from '../base/socket-table.ts'
import { findPeer } from './peer.ts'

/** Reading the tables takes milliseconds when there are thousands of sockets. */
const SETTLE_MS = 50

/**
 * Keeps other users from taking all the places of a server: a moment after they came, only so many of
 * their connections are left, to be told by the guard that they are refused. Nobody is let in here:
 * the guard looks for itself before it serves anything.
 */
export function keepFew(server: Server, most: number): void {
  const uid = process.getuid?.()
  const strangers = new Set<Socket>()
  let fresh: Socket[] = []
  const sort = () => {
    const read = readEachOnce()
    for (const socket of fresh) {
      if (socket.destroyed || findPeer(socket, read) === uid) continue
      if (strangers.size >= most) {
        socket.destroy()
        continue
      }
      strangers.add(socket)
      socket.once('close', () => strangers.delete(socket))
    }
    fresh = []
  }
  server.on('connection', (socket: Socket) => {
    if (fresh.length === 0) setTimeout(sort, SETTLE_MS).unref()
    fresh.push(socket)
  })
}
