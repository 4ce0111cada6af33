import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** What it does with each connection. */
export type Behaviour = (socket: Socket) => void

/** A TCP server that behaves as a test wants, and counts. */
export interface BadServer {
  readonly port: number
  /** Connections that were made to it, all in all. */
  readonly made: number
  /** Those that are open now. */
  readonly open: number
  /** How it treats connections from now on. */
  behave(behaviour: Behaviour): void
  /** Resolves when somebody has sent it something, that many times. */
  heard(times: number): Promise<void>
  close(): Promise<void>
}

export async function startBadServer(first: Behaviour, port = 0): Promise<BadServer> {
  const sockets = new Set<Socket>()
  let behaviour = first
  let made = 0
  let heard = 0
  const server = createServer((socket) => {
    made += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    socket.once('data', () => {
      heard += 1
      server.emit('heard')
    })
    behaviour(socket)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    get made() {
      return made
    },
    get open() {
      return sockets.size
    },
    behave(next) {
      behaviour = next
    },
    async heard(times) {
      while (heard < times) await once(server, 'heard')
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
