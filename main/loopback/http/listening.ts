import { randomInt } from 'node:crypto'
import type { Server } from 'node:http'
import type { Server as NetServer } from 'node:net'

/** The only address that is ever bound. */
export const HOST = '127.0.0.1'

/** The port that a server is bound to; 0 before it listens. */
export function portOf(server: NetServer): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** How often a closing server checks for connections that have become idle. */
const CLOSING_MS = 20

/** Below the ephemeral ports of Linux, macOS and Windows, where a connection could take our port. */
const CHOSEN = { from: 20_000, to: 32_767 }
const TRIES = 20

/** Listens on the wanted port; if it is not available, on any other, and resolves to `false`. */
export async function listen(server: Server, wanted: number | null): Promise<boolean> {
  if (wanted !== null && (await takes(server, wanted))) return true
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await takes(server, randomInt(CHOSEN.from, CHOSEN.to + 1))) return wanted === null
  }
  await listenOn(server, 0)
  return wanted === null
}

/** False if the port is in use or not allowed. */
async function takes(server: Server, port: number): Promise<boolean> {
  try {
    await listenOn(server, port)
    return true
  } catch (error) {
    if (isTaken(error)) return false
    throw error
  }
}

/** `EACCES`: Windows reserves ranges of ports, and low ports need privileges. */
function isTaken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'EADDRINUSE' || code === 'EACCES'
}

function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: HOST, port, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** A server that can close the connections on which no request has begun. */
interface ClosableServer {
  readonly server: Server
  closeIdle(): void
}

/**
 * Stops listening, and waits up to `graceMs` for responses in progress and for requests that have
 * begun, then closes them. Other connections are closed at once.
 */
export function closeServer({ server, closeIdle }: ClosableServer, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs)
    // Otherwise a connection with a request in progress stays open after its response. Requests sent
    // before the stop have been read by the first check.
    const sweep = setInterval(closeIdle, CLOSING_MS)
    server.close(() => {
      clearTimeout(cut)
      clearInterval(sweep)
      resolve()
    })
  })
}
