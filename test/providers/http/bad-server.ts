import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** What the server does with a connection. */
export type Behaviour = (socket: Socket) => void

/** A TCP server whose behaviour a test chooses, and which counts its connections. */
export interface BadServer {
  readonly port: number
  /** How many connections it has accepted. */
  readonly made: number
  /** How many of them are open now. */
  readonly open: number
  /** Sets the behaviour for later connections. */
  behave(behaviour: Behaviour): void
  /** Resolves once this many connections have sent data. */
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
